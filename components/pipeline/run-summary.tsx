import { formatDuration } from "@/components/format";
import { StatusMark } from "./status-mark";
import { formatInstant } from "./times";
import type { RunView } from "./types";

/** How the run stands, in a line or two. */
export function RunSummary({ run, now }: { run: RunView; now: number }) {
  const { parameters, startedAt, finishedAt } = run;
  const took = startedAt === null ? null : formatDuration((finishedAt ?? now) - startedAt);
  return (
    <div className="text-[0.8125rem]">
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="font-medium">
          <StatusMark status={run.status} />
        </span>
        {run.isStopping && <span className="text-warn">stopping</span>}
        <span className="tabular-nums text-dim">
          {startedAt === null
            ? `queued ${formatInstant(run.createdAt)} UTC`
            : `begun ${formatInstant(startedAt)} UTC`}
          {took && ` · ${finishedAt === null ? took : `took ${took}`}`}
        </span>
      </p>
      {parameters && (
        <p className="mt-0.5 text-xs text-dim">
          {parameters.previous
            ? `Adds to ${parameters.previous} what changed from ${day(parameters.start)} to ${day(parameters.end)}.`
            : `Reads everything that happened before ${day(parameters.end)}.`}
          {run.fromStep !== "extract" && ` Begins at ${run.fromStep}, on the files that were there.`}
        </p>
      )}
    </div>
  );
}

/** "2026-11-01T00:00:00Z" → "2026-11-01"; another time of day is kept. */
function day(instant: string): string {
  return instant.endsWith("T00:00:00Z") ? instant.slice(0, 10) : instant.slice(0, 16).replace("T", " ");
}
