import { z } from "zod";
import { readPipelineRun } from "@/agents/pipeline";
import { respond } from "@/app/api/respond";
import { newsOf } from "@/app/pipeline/view-run";
import { currentViewer } from "@/app/viewer";

const page = 1000;
const beforeSchema = z.coerce.number().int().min(1).catch(1);

/** The log lines just before the one numbered `?before=`, at most 1,000, in order. */
export function GET(request: Request, { params }: { params: Promise<{ id: string }> }) {
  return respond(request, async () => {
    const before = beforeSchema.parse(new URL(request.url).searchParams.get("before"));
    const snapshot = await readPipelineRun(await currentViewer(), (await params).id, {
      logsAfter: Math.max(0, before - 1 - page),
    });
    const lines = newsOf(snapshot).lines.filter(({ sequence }) => sequence < before);
    return Response.json({ lines }, { headers: { "cache-control": "no-store" } });
  });
}
