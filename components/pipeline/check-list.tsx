import { formatCell, plural } from "@/components/format";
import type { Check } from "@/lib/quality/gates";
import { driftAnchor } from "./drift-anchor";
import { VerdictChip } from "./verdict-chip";

/** Checks with what they found, each in its sentence. Those about drift lead to their plot. */
export function CheckList({ title, all, shown, linked }: CheckListProps) {
  if (all === 0) return null;
  return (
    <section aria-label={title}>
      <h2 className="mb-1.5 text-[0.8125rem] font-semibold">
        {title} <span className="font-normal tabular-nums text-faint">{all}</span>
      </h2>
      <ul className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-surface text-xs">
        {shown.map((check) => (
          <li
            key={`${check.check} ${check.table} ${check.column} ${check.text}`}
            className="flex flex-col items-start gap-x-3 gap-y-1 px-3.5 py-2 sm:flex-row"
          >
            <VerdictChip verdict={check.verdict} />
            <div className="min-w-0 flex-1 [overflow-wrap:anywhere]">
              <p>{check.text ?? sentenceOf(check)}</p>
              <p className="mt-0.5 font-mono text-2xs text-faint">
                {check.check} · {check.table}
                {check.column && `.${check.column}`}
                {check.value !== null && ` · ${formatCell(check.value)}`}
                {check.value !== null && check.limit !== null && `, limit ${formatCell(check.limit)}`}
                {linked.has(driftAnchor(check)) && check.check === "drift" && (
                  <>
                    {" · "}
                    <a href={`#${driftAnchor(check)}`} className="text-accent hover:underline">
                      see the distributions
                    </a>
                  </>
                )}
              </p>
            </div>
          </li>
        ))}
      </ul>
      {all > shown.length && (
        <p className="mt-1 text-xs text-dim">
          And {plural(all - shown.length, "more check", "more checks")}: search for a column.
        </p>
      )}
    </section>
  );
}

interface CheckListProps {
  title: string;
  all: number;
  shown: Check[];
  /** Anchors of the plots on the page. */
  linked: ReadonlySet<string>;
}

function sentenceOf({ verdict }: Check): string {
  if (verdict === "no_reference") return "Nothing to compare with in the stamp before.";
  return verdict === "pass" ? "As it should be." : "Something was found.";
}
