import { formatCount } from "@/components/format";
import type { GatesView } from "./gates-types";

const verdicts = [
  ["halt", "failed", "text-bad"],
  ["warn", "warnings", "text-warn"],
  ["pass", "passed", "text-good"],
  ["insufficient", "too few rows to tell", "text-dim"],
  ["no_reference", "without a reference", "text-dim"],
] as const;

/** How many checks came to which verdict. */
export function GateCounts({ counts }: Pick<GatesView, "counts">) {
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line sm:grid-cols-5">
      {verdicts.map(([verdict, label, tone]) => (
        <div key={verdict} className="flex flex-col-reverse bg-surface px-3.5 py-2 first:max-sm:col-span-2">
          <dt className="text-2xs text-dim">{label}</dt>
          <dd
            className={`text-lg leading-6 font-medium tabular-nums ${counts[verdict] > 0 ? tone : "text-faint"}`}
          >
            {formatCount(counts[verdict])}
          </dd>
        </div>
      ))}
    </dl>
  );
}
