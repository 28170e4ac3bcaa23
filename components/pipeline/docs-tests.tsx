import { plural } from "@/components/format";
import { Icon } from "@/components/ui/icon";
import type { TableDocs } from "./docs-types";

const looks = {
  pass: { icon: "check", tone: "text-good" },
  warn: { icon: "warning", tone: "text-warn" },
  fail: { icon: "close", tone: "text-bad" },
} as const;

/** The tests of a table, those that found something first. */
export function DocsTests({ tests }: Pick<TableDocs, "tests">) {
  if (tests.length === 0) return <p className="text-xs text-dim">The project has no test of this table.</p>;
  const sorted = [...tests].sort((a, b) => b.failures - a.failures);
  return (
    <ul className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-surface text-xs">
      {sorted.map(({ test, generic, column, status, failures }) => (
        <li key={test} className="flex items-center gap-2.5 px-3.5 py-1.5" title={test}>
          <Icon name={looks[status].icon} className={`size-3.5 ${looks[status].tone}`} />
          <span className="min-w-0 flex-1 [overflow-wrap:anywhere]">
            {generic ? generic.replaceAll("_", " ") : test}
            {column && <span className="ml-2 font-mono text-2xs text-dim">{column}</span>}
          </span>
          <span className={`whitespace-nowrap tabular-nums ${looks[status].tone}`}>
            {failures === 0
              ? "passed"
              : `${status === "warn" ? "warning, " : "failed, "}${plural(failures, "row")}`}
          </span>
        </li>
      ))}
    </ul>
  );
}
