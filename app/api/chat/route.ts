import { z } from "zod";
import { personMessageSchema } from "@/agents/read-message";
import { start } from "@/agents/run";
import { respond } from "@/app/api/respond";
import { streamRun } from "@/app/api/run-stream";
import { currentViewer } from "@/app/viewer";
import { AppError } from "@/lib/errors";

const bodySchema = z.object({ conversationId: z.string().min(1).max(64), message: personMessageSchema });

/** Far above the longest message in any script, far below what would hurt to parse. */
const longestBody = 1_000_000;

/** Takes what the person said, and streams the answer. */
export function POST(request: Request): Promise<Response> {
  return respond(request, async () => {
    const viewer = await currentViewer();
    const said = await readBody(request);
    const { runId } = await start(viewer, said);
    return streamRun(viewer, runId, request.signal);
  });
}

async function readBody(request: Request): Promise<z.infer<typeof bodySchema>> {
  const text = await request.text();
  if (text.length > longestBody) throw new AppError("MESSAGE_TOO_LONG");
  const parsed = bodySchema.safeParse(parseJson(text));
  if (!parsed.success) throw new AppError("BAD_INPUT", undefined, { cause: parsed.error });
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError("BAD_INPUT", undefined, { cause });
  }
}
