import { AppError } from "@/lib/errors";
import type { PlannedColumn } from "./plan";

/**
 * One name, one column, whatever its case: engines fold it.
 * @throws AppError DUPLICATE_FEATURE naming the column and where both come from
 */
export function checkNames(columns: PlannedColumn[]): void {
  const seen = new Map<string, PlannedColumn>();
  for (const column of columns) {
    const other = seen.get(column.name.toLowerCase());
    if (other) throw duplicate(column, other);
    seen.set(column.name.toLowerCase(), column);
  }
}

function duplicate(column: PlannedColumn, other: PlannedColumn): AppError {
  const places = [other, column].map(({ role, source }) =>
    role === "feature" ? source.table : `${source.table} (${role} of the rows)`,
  );
  return new AppError(
    "DUPLICATE_FEATURE",
    `Duplicate features named ${column.name}: in ${places.join(" and ")}. Ask for full names or leave one out.`,
    { details: { feature: column.name, tables: [other.source.table, column.source.table] } },
  );
}
