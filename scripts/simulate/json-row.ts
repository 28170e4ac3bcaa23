import { engineType } from "@/db/marts/auto-marketplace/world";
import type { SourceTable } from "@/lib/pipeline/source-table";

/** SQL for a row of the table as JSON text: times in ISO 8601 with a Z. `values` gives other SQL for a column. */
export function jsonRow(table: SourceTable, values: Record<string, string> = {}): string {
  const columns = Object.entries(table.row.shape).map(([name, schema]) => {
    const value = values[name] ?? name;
    return engineType(schema) === "TIMESTAMP"
      ? `${name} := strftime(${value}, '%Y-%m-%dT%H:%M:%SZ')`
      : `${name} := ${value}`;
  });
  return `to_json(struct_pack(${columns.join(", ")}))::varchar`;
}
