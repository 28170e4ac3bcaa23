"use client";

import { plural } from "@/components/format";
import { CancelButton } from "./cancel-button";
import { Problem } from "./problem";
import { QuarantineTable } from "./quarantine-table";
import { RunLog } from "./run-log";
import { RunSummary } from "./run-summary";
import { StepTrack } from "./step-track";
import { isActive } from "./times";
import type { RunActions, RunNews } from "./types";
import { useLiveRun } from "./use-live-run";
import { useNow } from "./use-now";

/** One run, as it goes: its steps, what they say, what they set aside. Without actions it is only looked at. */
export function LiveRun({
  first,
  drawnAt,
  actions,
}: {
  first: RunNews;
  drawnAt: number;
  actions: RunActions | null;
}) {
  const { run, lines, isLost, loadEarlier } = useLiveRun(first);
  const active = isActive(run.status);
  const now = useNow(drawnAt, active);
  const rejected = run.steps.flatMap(({ step, quarantine }) =>
    quarantine.map((entry) => ({ step, ...entry })),
  );
  const total = rejected.reduce((sum, { rows }) => sum + rows, 0);
  const readers = run.steps.filter(({ step }) => step === "extract" || step === "conform");
  const isRead = readers.every(({ status }) => status === "succeeded" || status === "reused");

  return (
    <div className="space-y-5">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <RunSummary run={run} now={now} />
        {active && actions && (
          <CancelButton runId={run.id} isStopping={run.isStopping} isLost={isLost} cancel={actions.cancel} />
        )}
      </div>
      {isLost && (
        <p role="status" className="text-xs text-warn">
          The connection was lost. The run goes on; reconnecting.
        </p>
      )}
      {run.error && <Problem runId={run.id} problem={run.error} />}
      <StepTrack run={run} now={now} rerun={actions?.rerun ?? null} />
      <RunLog lines={lines} active={active} loadEarlier={loadEarlier} />
      <section aria-label="Rows set aside">
        <h2 className="mb-1.5 flex items-baseline justify-between gap-3 text-[0.8125rem] font-semibold">
          Rows set aside
          {total > 0 && <span className="text-2xs font-normal text-faint">{plural(total, "row")}</span>}
        </h2>
        <QuarantineTable entries={rejected} read={isRead ? "all" : active ? "soFar" : "cutOff"} />
      </section>
    </div>
  );
}
