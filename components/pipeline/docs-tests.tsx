import { plural } from "@/components/format";
import { Icon } from "@/components/ui/icon";
import type { TableDocs } from "./docs-types";

const looks = {
  pass: { icon: "check", tone: "text-good" },
  warn: { icon: "warning", tone: "text-warn" },
  fail: { icon: "close", tone: "text-bad" },
  unknown: { icon: "info", tone: "text-faint" },
} as const;

/** The tests of a table, those that found something first. */
export function DocsTests({ tests }: Pick<TableDocs, "tests">) {
  if (tests.length === 0) return <p className="text-xs text-dim">The project has no test of this table.</p>;
  const sorted = [...tests].sort((a, b) => (b.found?.failures ?? 0) - (a.found?.failures ?? 0));
  return (
    <>
      <ul className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-surface text-xs">
        {sorted.map(({ test, generic, column, found }) => {
          const { icon, tone } = looks[found?.status ?? "unknown"];
          return (
            <li key={test} className="flex items-center gap-2.5 px-3.5 py-1.5" title={test}>
              <Icon name={icon} className={`size-3.5 ${tone}`} />
              <span className="min-w-0 flex-1 [overflow-wrap:anywhere]">
                {generic ? generic.replaceAll("_", " ") : test}
                {column && <span className="ml-2 font-mono text-2xs text-dim">{column}</span>}
              </span>
              <span className={`whitespace-nowrap tabular-nums ${tone}`}>{sayFound(found)}</span>
            </li>
          );
        })}
      </ul>
      {tests.some(({ found }) => found === null) && (
        <p className="mt-1 text-xs text-dim">
          What is not known now is either yet to be tested by this run, or a later run of the stamp has begun
          to test it anew.
        </p>
      )}
    </>
  );
}

function sayFound(found: TableDocs["tests"][number]["found"]): string {
  if (!found) return "not known now";
  if (found.failures === 0) return "passed";
  return `${found.status === "warn" ? "warning, " : "failed, "}${plural(found.failures, "row")}`;
}
