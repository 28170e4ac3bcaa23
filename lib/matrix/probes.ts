import { AppError } from "@/lib/errors";
import type { Plan } from "@/lib/feature-set";
import { plural } from "@/lib/figures";
import { type FilterReport, filterReports } from "@/lib/quality";
import type { DuplicateProbe } from "@/lib/sql";
import type { Cell, Warehouse } from "@/lib/warehouse/port";

/**
 * Rows too many in the right-hand tables, by join. Rows that are equal in all that is used of them do no harm.
 * @throws AppError GRAIN_FALSE with `details: {table, key, example, count}` where rows of one key differ
 */
export async function countDuplicates(
  probes: DuplicateProbe[],
  warehouse: Warehouse,
  signal: AbortSignal | undefined,
): Promise<Map<string, number>> {
  const distinct = [...new Set(probes.map(({ countSql }) => countSql))];
  const counts = new Map<string, number>();
  if (distinct.length > 0) {
    const union = distinct.map((sql, index) => `SELECT ${index} AS "probe", p.* FROM (\n${sql}\n) AS p`);
    const { rows } = await warehouse.query(union.join("\nUNION ALL\n"), { signal });
    for (const [probe, duplicates] of rows) counts.set(distinct[Number(probe)] ?? "", Number(duplicates));
  }
  const byJoin = new Map<string, number>();
  for (const probe of probes) {
    const duplicates = counts.get(probe.countSql) ?? 0;
    byJoin.set(probe.join, (byJoin.get(probe.join) ?? 0) + duplicates);
    if (duplicates > 0 && probe.conflictSql !== null) {
      const { rows } = await warehouse.query(probe.conflictSql, { signal });
      if (rows[0]) throw grainFalse(probe, rows[0]);
    }
  }
  return byJoin;
}

/** What each filter keeps, and all of them together; `kept` is null where there are none. */
export async function countFilters(
  plan: Plan,
  sql: string | null,
  warehouse: Warehouse,
  signal: AbortSignal | undefined,
): Promise<{ kept: number | null; reports: FilterReport[] }> {
  if (sql === null) return { kept: null, reports: [] };
  const { rows } = await warehouse.query(sql, { signal });
  const counts = (rows[0] ?? []).map(Number);
  return { kept: counts[1] ?? 0, reports: filterReports(plan, counts) };
}

function grainFalse(probe: DuplicateProbe, row: Cell[]): AppError {
  const example = Object.fromEntries(probe.key.map((column, index) => [column, row[index] ?? null]));
  const count = Number(row[probe.key.length]);
  const shown = probe.key.map((column) => `${column} = ${String(example[column])}`).join(", ");
  return new AppError(
    "GRAIN_FALSE",
    `${probe.table} should have one row per ${probe.key.join(" + ")}, but ${plural(count, "of them has", "of them have")} rows that differ, for instance ${shown}. Correct the table or its declared grain.`,
    { details: { table: probe.table, key: probe.key, example, count } },
  );
}
