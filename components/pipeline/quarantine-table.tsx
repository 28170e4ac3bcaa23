import { formatCount } from "@/components/format";
import type { StepView } from "./types";

type Entry = StepView["quarantine"][number] & { step: string };

const none = {
  all: "No row was set aside.",
  soFar: "None so far.",
  cutOff: "It is not known: the run ended before all rows were read.",
};

/** Rows that were set aside, by table, reason and column; the most first. `read`: how many of the rows have been read. */
export function QuarantineTable({ entries, read }: { entries: Entry[]; read: keyof typeof none }) {
  if (entries.length === 0) return <p className="text-xs text-dim">{none[read]}</p>;
  const sorted = [...entries].sort((a, b) => b.rows - a.rows);
  return (
    <div
      className="scroll-slim max-h-80 overflow-auto rounded-lg border border-line bg-surface"
      // A scrolling region must be reachable by keyboard.
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls
      tabIndex={0}
    >
      <table className="w-full text-xs">
        <thead className="sticky top-0 bg-sunken text-left text-2xs text-faint">
          <tr>
            <th className="px-3.5 py-1.5 font-medium">table</th>
            <th className="px-2 py-1.5 font-medium">reason</th>
            <th className="px-2 py-1.5 font-medium">column</th>
            <th className="hidden px-2 py-1.5 font-medium sm:table-cell">step</th>
            <th className="px-3.5 py-1.5 text-right font-medium">rows</th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {sorted.map(({ step, table, reason, column, rows }) => (
            <tr key={`${step} ${table} ${reason} ${column}`}>
              <td className="px-3.5 py-1 font-mono">{table}</td>
              <td className="whitespace-nowrap px-2 py-1">{reason.replaceAll("_", " ")}</td>
              <td className="px-2 py-1 font-mono text-dim">{column ?? "–"}</td>
              <td className="hidden px-2 py-1 text-dim sm:table-cell">{step}</td>
              <td className="px-3.5 py-1 text-right tabular-nums">{formatCount(rows)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
