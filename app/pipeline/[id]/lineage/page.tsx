import { NewerRun } from "@/app/pipeline/newer-run";
import { graphOf } from "@/app/pipeline/read-lineage";
import { readProject } from "@/app/pipeline/read-project";
import { orNotFound } from "@/app/pipeline/view-run";
import { currentViewer } from "@/app/viewer";
import { LineageView } from "@/components/pipeline/lineage-view";
import { getPipelineRun } from "@/db/queries/pipeline";

interface Props {
  params: Promise<{ id: string }>;
  searchParams: Promise<{ table?: string | string[] }>;
}

export default async function LineagePage({ params, searchParams }: Props) {
  const { id } = await params;
  const viewer = await currentViewer();
  const run = await orNotFound(getPipelineRun(viewer, id));
  const project = await readProject(run);
  if (!project) {
    return (
      <p className="px-4 py-5 text-dim sm:px-6">
        The build step of {run.stamp} has not been run yet, so there is no lineage to see.
      </p>
    );
  }
  const graph = graphOf(project.manifest);
  const { table } = await searchParams;
  const first = graph.nodes.find((node) => node.id === table)?.id ?? null;
  return (
    <div className="flex h-full min-h-[32rem] flex-col">
      <div className="shrink-0 px-4 py-2 empty:hidden sm:px-6">
        <NewerRun viewer={viewer} run={run} />
      </div>
      <LineageView runId={id} graph={graph} first={first} />
    </div>
  );
}
