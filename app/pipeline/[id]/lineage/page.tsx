import { NothingLeft, TakenOver } from "@/app/pipeline/nothing-left";
import { graphOf } from "@/app/pipeline/read-lineage";
import { projectStep, readProject } from "@/app/pipeline/read-project";
import { readRunSteps } from "@/app/pipeline/read-run-steps";
import { orNotFound } from "@/app/pipeline/view-run";
import { currentViewer } from "@/app/viewer";
import { LineageView } from "@/components/pipeline/lineage-view";

interface Props {
  params: Promise<{ id: string }>;
  searchParams: Promise<{ table?: string | string[] }>;
}

export default async function LineagePage({ params, searchParams }: Props) {
  const { id } = await params;
  const viewer = await currentViewer();
  const run = await orNotFound(readRunSteps(viewer, id));
  const project = await readProject(run);
  if (!project) {
    return (
      <div className="px-4 py-5 sm:px-6">
        <NothingLeft viewer={viewer} of={run} step={projectStep(run)} />
      </div>
    );
  }
  const graph = graphOf(project.manifest);
  const { table } = await searchParams;
  const first = graph.nodes.find((node) => node.id === table)?.id ?? null;
  return (
    <div className="flex h-full min-h-[32rem] flex-col">
      <div className="shrink-0 px-4 py-2 empty:hidden sm:px-6">
        <TakenOver of={run} step={projectStep(run)} />
      </div>
      <LineageView runId={id} graph={graph} first={first} />
    </div>
  );
}
