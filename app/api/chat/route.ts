import { z } from "zod";
import { personMessageSchema } from "@/agents/read-message";
import { start } from "@/agents/run";
import { readJson } from "@/app/api/read-json";
import { respond } from "@/app/api/respond";
import { streamRun } from "@/app/api/run-stream";
import { currentViewer } from "@/app/viewer";

const bodySchema = z.object({ conversationId: z.string().min(1).max(64), message: personMessageSchema });

/** Far above the longest message in any script, far below what would hurt to parse. */
const longestBody = 1_000_000;

/** Takes what the person said, and streams the answer. */
export function POST(request: Request): Promise<Response> {
  return respond(request, async () => {
    const viewer = await currentViewer();
    const { runId } = await start(viewer, await readJson(request, bodySchema, longestBody));
    return streamRun(viewer, runId, request.signal);
  });
}
