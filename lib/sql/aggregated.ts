import type { Visibility } from "@/lib/feature-set";
import { quoteName } from "@/lib/warehouse/quote";
import { derivedSql } from "./derived";
import { type SqlDialect, seconds } from "./dialect";
import {
  asked,
  greatestFirst,
  isTimed,
  keyNames,
  knownSince,
  type Output,
  type RightSide,
  sameKeys,
  sameTime,
  visibleEvent,
} from "./right-side";
import type { Statement } from "./statement";
import { indent, selectLines, wrap } from "./text";

/**
 * A finer table: its visible rows, one per declared grain (the latest created, should there be more), then one value per
 * key by each feature's own rule. A key without rows counts 0; every other rule gives NULL.
 */
export function aggregatedCtes(statement: Statement, side: RightSide): void {
  const { internal } = statement;
  const timed = isTimed(side);
  const rows = statement.cteName(`${side.name}_rows`);
  addRows(statement, side, rows);
  const ranked = side.outputs.some(({ rule }) => rule === "latest") ? addRanks(statement, side, rows) : rows;
  const keys = keysOf(statement, side, "a");
  const same = [
    ...side.hop.to.columns.map((_, index) => `r.${internal.key(index)} = a.${internal.key(index)}`),
    ...(timed ? [sameTime(statement, side.hop, "r", "a")] : []),
  ];
  statement.ctes.push({
    name: side.name,
    comment: [`${side.name}: one row per key${timed ? " and time" : ""}`],
    body: selectLines({
      columns: [
        ...keys,
        ...side.outputs.map((output) => `${aggregate(statement, output)} AS ${output.name}`),
        ...(statement.audit ? [`count(r.${internal.key(0)}) AS ${internal.rows}`] : []),
      ],
      from: asked(statement, side, timed),
      joins: [`LEFT JOIN ${ranked} AS r ON ${same.join(" AND ")}`],
      groupBy: keys,
    }),
  });
}

/** The key's columns and, where each time has its own answer, the time. */
function keysOf(statement: Statement, side: RightSide, alias: string): string[] {
  const time = isTimed(side) ? [`${alias}.${statement.internal.time}`] : [];
  return [...keyNames(statement, side, alias), ...time];
}

function addRows(statement: Statement, side: RightSide, name: string): void {
  const { time } = side.hop;
  const columns = rowColumns(side, time);
  const keys = keysOf(statement, side, "a");
  const grain = side.grain.map((column) => `t.${quoteName(column)}`);
  const created = time?.created == null ? [] : [time.created];
  statement.ctes.push({
    name,
    comment: side.comment,
    body: selectLines({
      columns: [...keys, ...columns.map((column) => `t.${quoteName(column)}`)],
      from: asked(statement, side, isTimed(side)),
      joins: [
        `JOIN ${statement.table(side.hop.to.table)} AS t ON ${sameKeys(statement, side).join(" AND ")}`,
        ...(time ? visible(statement, time) : []).map((condition) => `  AND ${condition}`),
      ],
      qualify: [
        "row_number() OVER (",
        ...indent([
          ...wrapped("PARTITION BY", [...keys, ...grain]),
          "ORDER BY",
          ...indent(wrap(greatestFirst([...created, ...columns]))),
        ]),
        // Rows whose grain is unknown cannot be said to be the same row.
        `) = 1 OR ${grain.map((column) => `${column} IS NULL`).join(" OR ")}`,
      ],
    }),
  });
}

function wrapped(word: string, items: string[]): string[] {
  return [word, ...indent(wrap(items))];
}

function visible(statement: Statement, time: Visibility): string[] {
  const { internal, plan, dialect } = statement;
  const before = plan.featureSet.alignment.boundary === "inclusive" ? "<=" : "<";
  const known = knownSince(statement, time);
  const event = dialect.utc(`t.${quoteName(time.event)}`, time.eventType);
  return [
    `${visibleEvent(statement, time)} ${before} a.${internal.time}`,
    ...(known === null ? [] : [`${known} ${before} a.${internal.time}`]),
    ...(time.ttlSeconds ? [`${event} >= a.${internal.time} - ${seconds(time.ttlSeconds)}`] : []),
  ];
}

function addRanks(statement: Statement, side: RightSide, rows: string): string {
  const { internal } = statement;
  const { time } = side.hop;
  const name = statement.cteName(`${side.name}_ranked`);
  const keys = keysOf(statement, side, "r");
  const latest = side.outputs.filter(({ rule }) => rule === "latest").map(({ column }) => column);
  const order = greatestFirst(
    [...(time ? [time.event, ...(time.created ? [time.created] : [])] : []), ...latest],
    "r",
  );
  statement.ctes.push({
    name,
    comment: [`the latest row has ${internal.recency} 1`],
    body: selectLines({
      columns: [
        "r.*",
        `row_number() OVER (PARTITION BY ${keys.join(", ")} ORDER BY ${order.join(", ")}) AS ${internal.recency}`,
      ],
      from: [`${rows} AS r`],
    }),
  });
  return name;
}

function rowColumns(side: RightSide, time: Visibility | null): string[] {
  const times = time ? [time.event, ...(time.created ? [time.created] : [])] : [];
  return [
    ...new Set([
      ...times,
      ...side.outputs.flatMap(({ column, weight }) => (weight ? [column, weight] : [column])),
    ]),
  ];
}

function aggregate({ dialect, internal }: Statement, output: Output): string {
  const stored = `r.${quoteName(output.column)}`;
  const value = output.derived ? derivedSql(output.derived, stored, `r.${internal.time}`) : stored;
  switch (output.rule) {
    case "sum":
      return sum(dialect, value, output);
    case "mean":
      return dialect.aggregate("avg", `CAST(${value} AS DOUBLE)`, value);
    case "mean_weighted": {
      const weight = `r.${quoteName(output.weight ?? "")}`;
      const order = `${value}, ${weight}`;
      const weighted = dialect.aggregate("sum", `CAST(${value} AS DOUBLE) * ${weight}`, order);
      // A weight counts only where there is a value to weigh.
      const weights = dialect.aggregate(
        "sum",
        `CASE WHEN ${value} IS NOT NULL THEN CAST(${weight} AS DOUBLE) END`,
        order,
      );
      return `${weighted} / nullif(${weights}, 0)`;
    }
    case "flag_any":
      return dialect.anyTrue(value);
    case "latest": {
      const latest = `CASE WHEN r.${internal.recency} = 1 THEN ${value} END`;
      return output.type === "boolean" ? dialect.anyTrue(latest) : `max(${latest})`;
    }
    case "count":
      return `count(${value})`;
    case "min":
    case "max":
      return `${output.rule}(${value})`;
    case null:
      throw new Error(`${output.column} has no aggregation rule`);
  }
}

function sum(dialect: SqlDialect, value: string, { type }: Output): string {
  if (type === "float") return dialect.aggregate("sum", value, value);
  // Engines widen sums of whole numbers to types that Parquet lacks.
  return type === "integer" ? `CAST(sum(${value}) AS BIGINT)` : `sum(${value})`;
}
