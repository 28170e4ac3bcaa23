import { respond } from "@/app/api/respond";
import { readProject } from "@/app/pipeline/read-project";
import { readRunSteps } from "@/app/pipeline/read-run-steps";
import { traceColumns } from "@/app/pipeline/trace-columns";
import { currentViewer } from "@/app/viewer";
import { AppError } from "@/lib/errors";

/** Columns of `?model=` (an id of the manifest) that `?q=` names, each with the columns of sources it is computed from. */
export function GET(request: Request, { params }: { params: Promise<{ id: string }> }) {
  return respond(request, async () => {
    const run = await readRunSteps(await currentViewer(), (await params).id);
    const { searchParams } = new URL(request.url);
    const project = await readProject(run);
    const id = searchParams.get("model") ?? "";
    const model = project && Object.hasOwn(project.manifest.nodes, id) ? project.manifest.nodes[id] : null;
    if (!project || !model) throw new AppError("NOT_FOUND");
    const query = (searchParams.get("q") ?? "").slice(0, 200);
    const answer = await traceColumns(run, project, model, query);
    return Response.json(answer, { headers: { "cache-control": "no-store" } });
  });
}
