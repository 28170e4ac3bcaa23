import { AppError } from "@/lib/errors";
import type { SourceTable } from "@/lib/pipeline/source-table";

/**
 * The tables, each after those it refers to.
 * @throws AppError INTERNAL for a reference to a table that is not there or has a key of several columns, or in a circle
 */
export function dependencyOrder(tables: SourceTable[]): SourceTable[] {
  const byName = new Map(tables.map((table) => [table.name, table]));
  const ordered = new Set<SourceTable>();
  const visit = (table: SourceTable, path: string[]) => {
    if (ordered.has(table)) return;
    if (path.includes(table.name)) {
      throw new AppError(
        "INTERNAL",
        `Source tables refer in a circle: ${[...path, table.name].join(" → ")}.`,
      );
    }
    for (const { column, table: name } of table.references) {
      const other = byName.get(name);
      if (other?.key.length !== 1) {
        throw new AppError(
          "INTERNAL",
          `${table.name}.${column} refers to ${name}, which is no table with a key of one column.`,
        );
      }
      visit(other, [...path, table.name]);
    }
    ordered.add(table);
  };
  for (const table of tables) visit(table, []);
  return [...ordered];
}
