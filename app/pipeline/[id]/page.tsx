import { readPipelineRun } from "@/agents/pipeline";
import { currentViewer } from "@/app/viewer";
import { LiveRun } from "@/components/pipeline/live-run";
import { getPipelineRun } from "@/db/queries/pipeline";
import { cancelRun, rerunFrom } from "../actions";
import { mayOperate } from "../operator";
import { newsOf, orNotFound } from "../view-run";

/** Lines that the page begins with; earlier ones are loaded when they are asked for. */
const shownLines = 500;

export default async function RunPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const viewer = await currentViewer();
  const { lastSequence } = await orNotFound(getPipelineRun(viewer, id));
  const snapshot = await readPipelineRun(viewer, id, { logsAfter: Math.max(0, lastSequence - shownLines) });
  return (
    <div className="mx-auto max-w-[56rem] px-4 py-5 sm:px-6">
      <LiveRun
        key={id}
        first={newsOf(snapshot)}
        drawnAt={Date.now()}
        actions={mayOperate() ? { cancel: cancelRun, rerun: rerunFrom } : null}
      />
    </div>
  );
}
