import { type PlannedFilter, type PlannedJoin, storedColumn } from "@/lib/feature-set";
import { quoteName } from "@/lib/warehouse/quote";
import { spineTime } from "./derived";
import { filterCondition, filterLabel } from "./filters";
import { joinClauses, joinCtes } from "./joins";
import type { Statement } from "./statement";
import { selectLines } from "./text";

/**
 * The rows asked for, numbered, with every column that a join, a filter or the matrix needs of them. Filters on the
 * spine's own table narrow it at once; those on joined tables narrow it before any other table is joined.
 * Returns the joins that the filters already brought in.
 */
export function addSpine(statement: Statement): Set<PlannedJoin> {
  const { plan } = statement;
  const own = plan.spine.filters.filter((filter) => filter.join === null);
  const joined = plan.spine.filters.filter((filter) => filter.join !== null);
  const spine = statement.cteName("spine");
  if (joined.length === 0) {
    addRows(statement, spine, own);
    return new Set();
  }
  const population = statement.cteName("population");
  addRows(statement, population, own);
  const joins = addFilterJoins(statement, population);
  statement.ctes.push({
    name: spine,
    comment: ["The rows that pass the filters on joined tables"],
    body: selectLines({
      columns: spineColumns(statement).map((column) => `s.${column}`),
      from: [`${population} AS s`],
      joins: joins.flatMap((join) => joinClauses(statement, join)),
      where: joined.map((filter) => filterCondition(statement, filter)),
    }),
  });
  return new Set(joins);
}

/** All rows before any filter, and the joins that filters need: what the filters' probe counts over. */
export function addPopulation(statement: Statement): { population: string; joins: PlannedJoin[] } {
  const population = statement.cteName("population");
  addRows(statement, population, []);
  return { population, joins: addFilterJoins(statement, population) };
}

function addFilterJoins(statement: Statement, population: string): PlannedJoin[] {
  const { joins, spine } = statement.plan;
  const needed = joins.filter((join) => spine.filters.some((filter) => filter.join === join.id));
  for (const join of needed) joinCtes(statement, join, population);
  return needed;
}

function addRows(statement: Statement, name: string, filters: PlannedFilter[]): void {
  const { plan, internal } = statement;
  const carried = carriedColumns(statement).map((column) => `t.${quoteName(column)}`);
  const time = statement.timed ? spineTime(statement) : null;
  statement.ctes.push({
    name,
    comment: [
      `The rows asked for: ${plan.spine.table}, numbered`,
      ...filters.map((filter) => `only where ${filterLabel(filter)}`),
    ],
    body: selectLines({
      columns: [
        `row_number() OVER (${rowOrder(statement, carried)}) AS ${internal.rid}`,
        ...carried,
        ...(time === null ? [] : [`${time} AS ${internal.time}`]),
      ],
      from: [`${statement.table(plan.spine.table)} AS t`],
      where: filters.map((filter) => filterCondition(statement, filter)),
    }),
  });
}

/**
 * Every column carried takes part in the order, so rows that tie are equal in all that is used of them, and an engine
 * that reads this twice numbers them the same.
 */
function rowOrder(statement: Statement, carried: string[]): string {
  const { featureSet } = statement.plan;
  const byColumns = carried.map((column) => `${column} NULLS FIRST`);
  if (featureSet.spine.kind === "given") {
    const { order } = featureSet.spine;
    if (order !== undefined)
      return `ORDER BY ${[`t.${quoteName(order)} NULLS LAST`, ...byColumns].join(", ")}`;
    if (statement.dialect.storedOrder !== null) return statement.dialect.storedOrder;
  }
  return `ORDER BY ${byColumns.join(", ")}`;
}

function spineColumns(statement: Statement): string[] {
  const { internal } = statement;
  return [
    internal.rid,
    ...carriedColumns(statement).map(quoteName),
    ...(statement.timed ? [internal.time] : []),
  ];
}

function carriedColumns({ plan }: Statement): string[] {
  const { spine, joins, columns } = plan;
  return [
    ...new Set([
      ...spine.keys,
      ...(spine.time && "column" in spine.time ? [spine.time.column] : []),
      ...joins.flatMap((join) => join.path[0]?.from.columns ?? []),
      ...spine.filters
        .filter((filter) => filter.join === null)
        .map(({ column, derived }) => derived?.column ?? column),
      ...columns.filter((column) => column.join === null).map(storedColumn),
    ]),
  ];
}
