import type { Visibility } from "@/lib/feature-set";
import { quoteName, seconds } from "./dialect";
import { asked, keyNames, knownSince, type RightSide, sameKeys, visibleEvent } from "./right-side";
import type { Statement } from "./statement";
import { selectLines } from "./text";

/**
 * A table with several rows per key over time: each row is the newest visible one from `visible_from` until a later row
 * becomes visible. These spans never overlap within a key, so each time asked for falls into one at most. (Ordered by
 * event, created, values: a row's span ends at the least `visible_from` of the rows after it.) Rows that tie have an
 * empty span, but for the last: the latest created, then the greatest values.
 */
export function versionCtes(statement: Statement, side: RightSide, time: Visibility): void {
  const { internal } = statement;
  const versions = statement.cteName(`${side.name}_versions`);
  addVersions(statement, side, time, versions);
  const inclusive = statement.plan.featureSet.alignment.boundary === "inclusive";
  const [after, before] = inclusive ? ["<=", ">"] : ["<", ">="];
  const names = side.outputs.map(({ name }) => `v.${name}`);
  statement.ctes.push({
    name: side.name,
    comment: [`${side.name}: the newest visible row of ${versions} for each key and time`],
    body: selectLines({
      columns: [
        ...keyNames(statement, side, "a"),
        `a.${internal.time}`,
        ...names,
        ...(statement.audit ? [`v.${internal.tied}`] : []),
      ],
      from: asked(statement, side, true),
      joins: [
        `JOIN ${versions} AS v`,
        ...[
          ...side.hop.to.columns.map((_, index) => `v.${internal.key(index)} = a.${internal.key(index)}`),
          `v.${internal.from} ${after} a.${internal.time}`,
          `(v.${internal.until} ${before} a.${internal.time} OR v.${internal.until} IS NULL)`,
          ...(time.ttlSeconds
            ? [`v.${internal.event} >= a.${internal.time} - ${seconds(time.ttlSeconds)}`]
            : []),
        ].map((condition, index) => `  ${index === 0 ? "ON" : "AND"} ${condition}`),
      ],
    }),
  });
}

function addVersions(statement: Statement, side: RightSide, time: Visibility, name: string): void {
  const { internal, dialect } = statement;
  const event = dialect.utc(`t.${quoteName(time.event)}`, time.eventType);
  const known = knownSince(statement, time);
  const visible = visibleEvent(statement, time);
  const from = known === null ? visible : `greatest(${visible}, ${known})`;
  const keys = keyNames(statement, side, "a");
  const columns = [...new Set(side.outputs.map(({ column }) => column))];
  const order = [
    `t.${quoteName(time.event)}`,
    ...(time.created === null ? [] : [`t.${quoteName(time.created)} NULLS FIRST`]),
    ...columns.map((column) => `t.${quoteName(column)} NULLS FIRST`),
  ];
  const window = `PARTITION BY ${keys.join(", ")} ORDER BY ${order.join(", ")}`;
  // In order of event time `visible_from` only grows, unless a row may be written late.
  const until =
    known === null
      ? `lead(${from}) OVER (${window})`
      : `min(${from}) OVER (${window} ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)`;
  statement.ctes.push({
    name,
    comment: side.comment,
    body: selectLines({
      columns: [
        ...keys,
        ...side.outputs.map(({ column, name: output }) => `t.${quoteName(column)} AS ${output}`),
        `${event} AS ${internal.event}`,
        `${from} AS ${internal.from}`,
        `${until} AS ${internal.until}`,
        ...(statement.audit ? [`${tied(time, window)} AS ${internal.tied}`] : []),
      ],
      from: asked(statement, side, false),
      joins: [
        `JOIN ${statement.table(side.hop.to.table)} AS t ON ${sameKeys(statement, side).join(" AND ")}`,
      ],
      where: [
        `t.${quoteName(time.event)} IS NOT NULL`,
        ...(known === null ? [] : [`t.${quoteName(time.created ?? "")} IS NOT NULL`]),
      ],
    }),
  });
}

/** Does the row before it in order have the same times? Then only the values decided between them. */
function tied(time: Visibility, window: string): string {
  const event = quoteName(time.event);
  const sameEvent = `lag(t.${event}) OVER (${window}) = t.${event}`;
  if (time.created === null) return `CASE WHEN ${sameEvent} THEN TRUE END`;
  const created = quoteName(time.created);
  return `CASE WHEN ${sameEvent} AND lag(t.${created}) OVER (${window}) IS NOT DISTINCT FROM t.${created} THEN TRUE END`;
}
