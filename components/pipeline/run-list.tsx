import Link from "next/link";
import { formatDuration } from "@/components/format";
import { StatusMark } from "./status-mark";
import { formatInstant } from "./times";
import type { ListedRun } from "./types";

const triggers = { person: "by hand", backfill: "backfill", schedule: "schedule" } as const;

/** Runs, newest first; a row leads to its run. */
export function RunList({ runs, now }: { runs: ListedRun[]; now: number }) {
  return (
    <div className="scroll-slim overflow-x-auto rounded-lg border border-line bg-surface">
      <table className="w-full text-xs">
        <thead className="border-b border-line bg-sunken text-left text-2xs text-faint">
          <tr>
            <th className="px-3.5 py-1.5 font-medium">stamp</th>
            <th className="px-2 py-1.5 font-medium">status</th>
            <th className="hidden px-2 py-1.5 font-medium md:table-cell">mart</th>
            <th className="hidden px-2 py-1.5 font-medium sm:table-cell">begun (UTC)</th>
            <th className="px-2 py-1.5 text-right font-medium">took</th>
            <th className="hidden px-3.5 py-1.5 font-medium sm:table-cell">asked for</th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {runs.map((run) => (
            <tr key={run.id} className="relative hover:bg-hover">
              <td className="whitespace-nowrap px-3.5 py-2">
                {/* The link covers its row. */}
                <Link
                  href={`/pipeline/${run.id}`}
                  prefetch={false}
                  className="font-mono font-medium after:absolute after:inset-0"
                >
                  {run.stamp}
                </Link>
                {run.fromStep !== "extract" && (
                  <span className="ml-1.5 text-2xs text-faint">from {run.fromStep}</span>
                )}
              </td>
              <td className="px-2 py-2">
                <StatusMark status={run.status} />
              </td>
              <td className="hidden px-2 py-2 font-mono text-2xs text-dim md:table-cell">{run.mart}</td>
              <td className="hidden whitespace-nowrap px-2 py-2 tabular-nums text-dim sm:table-cell">
                {formatInstant(run.startedAt ?? run.createdAt)}
              </td>
              <td className="whitespace-nowrap px-2 py-2 text-right tabular-nums text-dim">
                {run.startedAt === null ? "–" : formatDuration((run.finishedAt ?? now) - run.startedAt)}
              </td>
              <td className="hidden px-3.5 py-2 text-dim sm:table-cell">
                {triggers[run.trigger]}
                {run.startedBy && run.trigger !== "schedule" && (
                  <span className="text-faint"> · {run.startedBy}</span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
