import { type Hop, type Plan, type PlannedJoin, storedColumn } from "@/lib/feature-set";
import { quoteName } from "@/lib/warehouse/quote";

import type { Statement } from "./statement";
import { indent, selectLines } from "./text";

/** Rows of a right-hand table beyond the first of what its grain says is one row. */
export interface DuplicateProbe {
  join: string;
  table: string;
  /** The columns that should tell the table's rows apart. */
  key: string[];
  /** One number: how many rows are too many. */
  countSql: string;
  /**
   * No row, or one: the first key whose rows differ in what is used of them, and how many such keys there are. Null where
   * that is no fault: of a point in time the latest counts, and ties are reported.
   */
  conflictSql: string | null;
}

export function duplicateProbes(plan: Plan, statement: Statement): DuplicateProbe[] {
  return plan.joins.flatMap((join) =>
    join.path.map((hop, index) => probeOf(plan, statement, join, hop, index === join.path.length - 1)),
  );
}

function probeOf(
  plan: Plan,
  statement: Statement,
  join: PlannedJoin,
  hop: Hop,
  isLast: boolean,
): DuplicateProbe {
  const key = keyOf(join, hop);
  const created = hop.time?.created ?? null;
  // A NULL key matches nothing, so it cannot be too many; an unknown created time still can.
  const known = key.filter((column) => column !== created || created === hop.time?.event);
  const used = isLast ? usedColumns(plan, join) : nextColumns(join, hop);
  return {
    join: join.id,
    table: hop.to.table,
    key,
    countSql: countSql(statement, hop.to.table, key, known),
    conflictSql:
      hop.cardinality === "point_in_time" ? null : conflictSql(statement, hop.to.table, key, known, used),
  };
}

/** A row written again later is a revision, not a duplicate. */
function keyOf(join: PlannedJoin, hop: Hop): string[] {
  const created = hop.time?.created ? [hop.time.created] : [];
  if (hop.cardinality === "aggregated") return unique([...join.grain, ...created]);
  return unique([...hop.to.columns, ...(hop.time ? [hop.time.event, ...created] : [])]);
}

function usedColumns(plan: Plan, join: PlannedJoin): string[] {
  const columns = plan.columns.filter((column) => column.join === join.id);
  const filters = plan.spine.filters.filter((filter) => filter.join === join.id);
  const last = join.path.at(-1);
  return unique([
    ...columns.flatMap((column) => [storedColumn(column), ...(column.weight ? [column.weight] : [])]),
    ...filters.flatMap(({ column, derived, weight }) => [
      derived?.column ?? column,
      ...(weight ? [weight] : []),
    ]),
    ...(last?.cardinality === "aggregated"
      ? [...last.to.columns, ...(last.time ? [last.time.event] : [])]
      : []),
  ]);
}

function nextColumns(join: PlannedJoin, hop: Hop): string[] {
  return join.path[join.path.indexOf(hop) + 1]?.from.columns ?? [];
}

function countSql(statement: Statement, table: string, key: string[], known: string[]): string {
  const names = key.map(quoteName);
  const groups = selectLines({
    columns: ['count(*) AS "n"'],
    from: [statement.table(table)],
    where: known.map((name) => `${quoteName(name)} IS NOT NULL`),
    groupBy: names,
  });
  return [
    'SELECT CAST(coalesce(sum(g."n" - 1), 0) AS BIGINT) AS "duplicates"',
    "FROM (",
    ...indent(groups),
    "  HAVING count(*) > 1",
    ") AS g",
  ].join("\n");
}

function conflictSql(
  statement: Statement,
  table: string,
  key: string[],
  known: string[],
  used: string[],
): string {
  const names = key.map(quoteName);
  const tuples = selectLines({
    distinct: true,
    columns: unique([...key, ...used]).map(quoteName),
    from: [statement.table(table)],
    where: known.map((name) => `${quoteName(name)} IS NOT NULL`),
  });
  return [
    `SELECT ${names.join(", ")}, count(*) OVER () AS "conflicts"`,
    "FROM (",
    ...indent(tuples),
    ") AS d",
    `GROUP BY ${names.join(", ")}`,
    "HAVING count(*) > 1",
    `ORDER BY ${names.join(", ")}`,
    "LIMIT 1",
  ].join("\n");
}

function unique(names: string[]): string[] {
  return [...new Set(names)];
}
