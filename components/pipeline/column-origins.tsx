import type { TracedColumn } from "./lineage-types";
import { sayMakers } from "./say-makers";

/** The columns of sources that a column is computed from, by table, and who made what is no source's own. */
export function ColumnOrigins({ column: { description, sources, makers } }: { column: TracedColumn }) {
  const tables = new Map<string, string[]>();
  for (const place of sources ?? []) {
    const [source, table, ...name] = place.split(".");
    const key = `${source}.${table}`;
    tables.set(key, [...(tables.get(key) ?? []), name.join(".")]);
  }
  return (
    <div className="mt-1 mb-2 space-y-1 border-l-2 border-accent pl-2.5">
      {description && <p className="text-dim">{description}</p>}
      {sources === null && <p>Not derivable from the SQL.</p>}
      {sources?.length === 0 && <p>It comes from no column: a constant, or a setting of the run.</p>}
      {[...tables].map(([table, names]) => (
        <p key={table} className="[overflow-wrap:anywhere]">
          <span className="font-mono text-2xs text-dim">{table}</span>
          <span className="block font-mono text-2xs">
            {names.map((name) => (name === "*" ? "its rows, counted" : name)).join(", ")}
          </span>
        </p>
      ))}
      {makers.map(({ table, makers: names }) => (
        <p key={table}>
          <span className="font-mono text-2xs">{table}</span> was made by {sayMakers(names)}.
        </p>
      ))}
    </div>
  );
}
