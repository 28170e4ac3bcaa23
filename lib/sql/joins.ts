import { type Hop, type PlannedJoin, storedColumn } from "@/lib/feature-set";
import { derivationText } from "@/lib/registry/derivation";
import { quoteName } from "@/lib/warehouse/quote";
import { aggregatedCtes } from "./aggregated";

import { oneRowCte } from "./one-row";
import { isTimed, type Output, type RightSide, sameTime } from "./right-side";
import type { Statement } from "./statement";
import { selectLines } from "./text";
import { versionCtes } from "./versions";

/**
 * Adds what one join needs: for each hop but the last a lookup of the next key, then one sub-query with at most one row
 * per key asked for (and time), which is why nothing can multiply. `source` is the CTE whose rows ask.
 */
export function joinCtes(statement: Statement, join: PlannedJoin, source: string): void {
  const hops = join.path.slice(0, -1);
  const last = join.path.at(-1);
  if (!last) return;
  const from = hops.length > 0 ? lift(statement, join, hops.length, source) : source;
  const side: RightSide = {
    name: statement.cteName(join.id),
    source: from,
    hop: last,
    grain: join.grain,
    outputs: outputsOf(statement, join),
    comment: [
      `${join.id}: ${join.alias === join.table ? join.table : `${join.table} as ${join.alias}`}, ${join.cardinality.replaceAll("_", " ")}`,
      join.path.map(hopText).join(", then "),
      ...visibilityText(statement, last),
      ...derivedText(statement, join),
    ],
  };
  addRightSide(statement, side);
}

/** The clauses that bring the join's columns to the rows of `s`. */
export function joinClauses(statement: Statement, join: PlannedJoin): string[] {
  const { internal } = statement;
  const last = join.path.at(-1);
  if (!last) return [];
  const name = statement.cteName(join.id);
  const lifted = join.path.length > 1 ? liftedName(statement, join, join.path.length - 1) : null;
  const keys = last.from.columns.map(
    (column, index) => `${name}.${internal.key(index)} = ${lifted ?? "s"}.${quoteName(column)}`,
  );
  const timed = isTimed({ hop: last, outputs: outputsOf(statement, join) });
  const time = timed ? [sameTime(statement, last, name, "s")] : [];
  return [
    ...(lifted ? [`LEFT JOIN ${lifted} ON ${lifted}.${internal.rid} = s.${internal.rid}`] : []),
    `LEFT JOIN ${name} ON ${[...keys, ...time].join(" AND ")}`,
  ];
}

export function hopText(hop: Hop): string {
  const side = ({ table, columns }: Hop["from"]) => columns.map((column) => `${table}.${column}`).join(" + ");
  return `${side(hop.from)} = ${side(hop.to)}`;
}

function addRightSide(statement: Statement, side: RightSide): void {
  if (side.hop.cardinality === "aggregated") aggregatedCtes(statement, side);
  else if (side.hop.time) versionCtes(statement, side, side.hop.time);
  else oneRowCte(statement, side);
}

/** A CTE with, for each row of `source`, the key that the first `count` hops lead to. Joins on one way share it. */
function lift(statement: Statement, join: PlannedJoin, count: number, source: string): string {
  const known = statement.lifts.get(liftKey(join, count));
  if (known) return known;
  const { internal } = statement;
  const hop = join.path[count - 1];
  const next = join.path[count];
  if (!hop || !next) return source;
  const from = count > 1 ? lift(statement, join, count - 1, source) : source;
  const number = statement.lifts.size + 1;
  const name = statement.cteName(`keys${number}`);
  const lookup = statement.cteName(`lookup${number}`);
  statement.lifts.set(liftKey(join, count), name);
  addRightSide(statement, {
    name: lookup,
    source: from,
    hop,
    grain: [],
    outputs: next.from.columns.map((column) => ({
      column,
      name: quoteName(column),
      rule: null,
      weight: null,
      type: "text",
    })),
    comment: [
      `${hop.to.table} leads on to ${next.to.table}`,
      hopText(hop),
      ...visibilityText(statement, hop),
    ],
  });
  const keys = hop.from.columns.map((column, index) => `l.${internal.key(index)} = s.${quoteName(column)}`);
  statement.ctes.push({
    name,
    comment: [`The key of ${next.to.table} for each row`],
    body: selectLines({
      columns: [
        `s.${internal.rid}`,
        ...next.from.columns.map((column) => `l.${quoteName(column)}`),
        ...(statement.timed ? [`s.${internal.time}`] : []),
      ],
      from: [`${from} AS s`],
      joins: [
        `JOIN ${lookup} AS l ON ${[...keys, ...(hop.time ? [`l.${internal.time} = s.${internal.time}`] : [])].join(" AND ")}`,
      ],
    }),
  });
  return name;
}

function liftedName(statement: Statement, join: PlannedJoin, count: number): string {
  return statement.lifts.get(liftKey(join, count)) ?? "";
}

function liftKey(join: PlannedJoin, count: number): string {
  return JSON.stringify([join.path.slice(0, count), join.path[count]?.from.columns]);
}

function outputsOf({ plan, internal }: Statement, join: PlannedJoin): Output[] {
  const features = plan.columns
    .filter((column) => column.join === join.id)
    .map((column) => ({
      column: storedColumn(column),
      name: quoteName(column.name),
      rule: column.aggregation,
      weight: column.weight,
      type: column.type,
      ...ofAggregate(column.aggregation, column.derived),
    }));
  const filters = plan.spine.filters.flatMap((filter, index) =>
    filter.join === join.id
      ? [
          {
            column: filter.derived?.column ?? filter.column,
            name: internal.filter(index),
            rule: filter.appliedRule,
            weight: filter.weight,
            type: filter.type,
            ...ofAggregate(filter.appliedRule, filter.derived),
          },
        ]
      : [],
  );
  return [...features, ...filters];
}

function derivedText({ plan }: Statement, join: PlannedJoin): string[] {
  return plan.columns.flatMap(({ name, join: from, derived }) =>
    from === join.id && derived ? [`${name}: ${derivationText(derived)}`] : [],
  );
}

/** A single value is brought as it is stored, and computed where the rows have their time. */
function ofAggregate(rule: Output["rule"], derived: Output["derived"]): Pick<Output, "derived"> {
  return rule !== null && derived ? { derived } : {};
}

function visibilityText({ plan }: Statement, { time }: Hop): string[] {
  if (!time) return [];
  const { boundary, knownAt } = plan.featureSet.alignment;
  const parts = [
    `${time.event}${time.delaySeconds > 0 ? ` + ${time.delaySeconds} s` : ""} ${boundary === "inclusive" ? "at or before" : "before"} the row's time`,
    ...(knownAt && time.created !== null ? [`written (${time.created}) by then`] : []),
    ...(time.ttlSeconds ? [`at most ${time.ttlSeconds} s old`] : []),
  ];
  return [`visible: ${parts.join(", ")}`];
}
