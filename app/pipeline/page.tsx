import type { Metadata } from "next";
import type { ReactNode } from "react";
import { listPipelineRuns } from "@/agents/pipeline";
import { answerInTime, answerOrTrouble } from "@/app/marts/answer-in-time";
import { currentViewer } from "@/app/viewer";
import { KeepFresh } from "@/components/pipeline/keep-fresh";
import { RunList } from "@/components/pipeline/run-list";
import { StartForm } from "@/components/pipeline/start-form";
import { isActive } from "@/components/pipeline/times";
import { startRun } from "./actions";
import { mayOperate } from "./operator";
import { readMartsToBuild } from "./read-marts-to-build";
import { listedRun } from "./view-run";

export const metadata: Metadata = { title: "Pipeline" };

export default async function PipelinePage() {
  const viewer = await currentViewer();
  const [runs, marts] = await Promise.all([
    listPipelineRuns(viewer),
    answerOrTrouble(answerInTime(readMartsToBuild())),
  ]);
  return (
    <main className="scroll-slim min-h-0 flex-1 overflow-y-auto">
      <div className="mx-auto max-w-[56rem] space-y-4 px-4 py-6 sm:px-6">
        <header>
          <h1 className="text-lg font-semibold tracking-tight">Pipeline</h1>
          <p className="text-xs text-dim">
            A run builds one stamp of a mart from its sources and publishes it when every gate has passed.
          </p>
        </header>
        {!mayOperate() ? (
          <Note>
            Runs are started, cancelled and rerun on the server, by its schedule or with{" "}
            <code>npm run pipeline</code>.
          </Note>
        ) : "answer" in marts ? (
          <StartForm marts={marts.answer} start={startRun} />
        ) : (
          <Note>What is published cannot be read now, so no run can be started here. {marts.trouble}</Note>
        )}
        {runs.length === 0 ? (
          <p className="text-dim">No run yet.</p>
        ) : (
          <RunList runs={runs.map(listedRun)} now={Date.now()} />
        )}
      </div>
      <KeepFresh while={runs.some(({ status }) => isActive(status))} />
    </main>
  );
}

function Note({ children }: { children: ReactNode }) {
  return (
    <p role="status" className="rounded-lg border border-line bg-surface px-3.5 py-3 text-dim">
      {children}
    </p>
  );
}
