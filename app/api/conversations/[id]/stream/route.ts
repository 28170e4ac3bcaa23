import { respond } from "@/app/api/respond";
import { streamRun } from "@/app/api/run-stream";
import { currentViewer } from "@/app/viewer";
import { latestRun } from "@/db/queries";

/** The answer that is being written now, from its first event; 204 when nothing runs. */
export function GET(request: Request, { params }: { params: Promise<{ id: string }> }) {
  return respond(request, async () => {
    const viewer = await currentViewer();
    const run = await latestRun(viewer, (await params).id);
    if (run?.status !== "running") return new Response(null, { status: 204 });
    return streamRun(viewer, run.id, request.signal);
  });
}
