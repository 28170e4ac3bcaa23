import type { Feature, Registry } from "@/lib/registry/types";
import { conditionSql, dialects } from "@/lib/sql";
import { type Dialect, quoteName } from "@/lib/warehouse";
import { populationOf, type Reached, reachFrom, type Step } from "./reach";
import type { DataQuestion, Dimension } from "./types";

/**
 * The one statement that answers a question. Its joins find at most one row each, so that no row is counted twice; a row
 * without its city, say, is counted under NULL, and left out only of rankings.
 */
export function questionSql(question: DataQuestion, registry: Registry, dialect: Dialect): string {
  const { entity, by, measure, filters, ranking } = question;
  const reached = reachFrom(entity, registry);
  const own = populationOf(entity, registry);
  if (!own) throw new Error(`${entity} has no population.`);
  const used = [
    ...(by ? dimensionColumns(by).map(({ table }) => table) : []),
    ...(measure.kind === "count" ? [] : [measure.column.table]),
    ...filters.map(({ table }) => table),
  ];
  const shown = by ? shownColumn(by) : null;
  const figure = figureOf(question, registry);
  const groups = by ? groupColumns(by) : [];
  const conditions = [
    ...filters.map((filter) =>
      conditionSql(dialects[dialect], place(filter), { ...filter, type: filter.feature.type }),
    ),
    ...(ranking && by && measure.kind !== "value"
      ? keyColumns(by).map((column) => `${place(column)} IS NOT NULL`)
      : []),
    ...(measure.kind === "value" ? [`${place(measure.column)} IS NOT NULL`] : []),
  ];
  return [
    "SELECT",
    [...(shown ? [`${shown.expression} AS ${quoteName(shown.name)}`] : []), ...figure.columns]
      .map((column) => `  ${column}`)
      .join(",\n"),
    `FROM ${quoteName(own.name)}`,
    ...joinsOf(used, reached),
    ...conditions.map((condition, index) => `${index === 0 ? "WHERE" : "  AND"} ${condition}`),
    ...(groups.length > 0 && measure.kind !== "value" ? [`GROUP BY ${groups.join(", ")}`] : []),
    ...(by ? [`ORDER BY ${orderOf(question, figure.name, shown?.name ?? "")}`] : []),
    ...(ranking ? [`LIMIT ${ranking.limit}`] : []),
  ].join("\n");
}

/** What the figures are called in the result, the dimension first; the figure asked for is the first of them. */
export function figureOf(
  { entity, measure }: DataQuestion,
  registry: Registry,
): { name: string; columns: string[] } {
  const plural = registry.entities.find(({ name }) => name === entity)?.plural ?? `${entity}s`;
  const rows = plural.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "_");
  if (measure.kind === "count") return { name: rows, columns: [`count(*) AS ${quoteName(rows)}`] };
  const column = place(measure.column);
  if (measure.kind === "value")
    return { name: measure.column.name, columns: [`${column} AS ${quoteName(measure.column.name)}`] };
  const name = `${measure.aggregate}_${measure.column.name}`.toLowerCase();
  return {
    name,
    // How many rows a mean stands on belongs beside it.
    columns: [
      `${measure.aggregate}(${column}) AS ${quoteName(name)}`,
      `count(${column}) AS ${quoteName(rows)}`,
    ],
  };
}

/** The column under which the dimension is shown. */
export function shownColumn(by: Dimension): { name: string; expression: string } {
  if (by.kind === "time") return { name: by.unit, expression: truncated(by) };
  const column = by.kind === "column" ? by.column : (by.label ?? by.keys[0]);
  if (!column) throw new Error("A dimension without a column was read.");
  return { name: column.name, expression: place(column) };
}

function groupColumns(by: Dimension): string[] {
  return by.kind === "time" ? [truncated(by)] : dimensionColumns(by).map(place);
}

function dimensionColumns(by: Dimension): Feature[] {
  return by.kind === "entity" && by.label ? [...by.keys, by.label] : keyColumns(by);
}

function keyColumns(by: Dimension): Feature[] {
  return by.kind === "entity" ? by.keys : [by.column];
}

function truncated({ unit, column }: Extract<Dimension, { kind: "time" }>): string {
  return `CAST(date_trunc('${unit}', ${place(column)}) AS DATE)`;
}

/** Rankings by the figure; what has an order of its own, time and numbers, in that; all else from the greatest figure on. */
function orderOf({ by, ranking }: DataQuestion, figure: string, shown: string): string {
  const isOrdered = by?.kind === "time" || (by?.kind === "column" && by.column.type === "integer");
  if (isOrdered && !ranking) return quoteName(shown);
  const direction = ranking?.first === "least" ? "ASC" : "DESC";
  return `${quoteName(figure)} ${direction} NULLS LAST, ${quoteName(shown)}`;
}

/** Every join on the way to a table, once. */
function joinsOf(tables: string[], reached: Map<string, Reached>): string[] {
  const steps = new Map<string, Step>();
  for (const table of tables)
    for (const step of reached.get(table)?.steps ?? []) steps.set(step.to.table, step);
  return [...steps.values()].map(({ from, to }) => {
    const pairs = to.columns.map(
      (column, index) =>
        `${place({ table: to.table, column })} = ${place({ table: from.table, column: from.columns[index] ?? "" })}`,
    );
    return `LEFT JOIN ${quoteName(to.table)} ON ${pairs.join(" AND ")}`;
  });
}

function place(of: { table: string; column: string } | { table: string; name: string }): string {
  return `${quoteName(of.table)}.${quoteName("column" in of ? of.column : of.name)}`;
}
