import type { Visibility } from "@/lib/feature-set";
import { quoteName } from "@/lib/warehouse/quote";
import { seconds } from "./dialect";
import { asked, keyNames, knownSince, type RightSide, renamed, sameKeys, visibleEvent } from "./right-side";
import type { Statement } from "./statement";
import { selectLines } from "./text";

/**
 * A table with several rows per key over time: each row is the newest visible one from `visible_from` until a later row
 * becomes visible. Ordered by event time, created time and values, a row's span ends at the least `visible_from` of the
 * rows after it, so the spans of a key never overlap and each time asked for falls into one at most. Rows that tie have
 * an empty span, but for the last: the latest created, then the greatest values.
 */
export function versionCtes(statement: Statement, side: RightSide, time: Visibility): void {
  const names = {
    rows: statement.cteName(`${side.name}_rows`),
    versions: statement.cteName(`${side.name}_versions`),
  };
  addRows(statement, side, time, names.rows);
  addVersions(statement, side, time, names);
  addNewest(statement, side, time, names.versions);
}

function addRows(statement: Statement, side: RightSide, time: Visibility, name: string): void {
  const { internal, dialect } = statement;
  const known = knownSince(statement, time);
  const visible = visibleEvent(statement, time);
  const created = time.created === null ? [] : [`t.${quoteName(time.created)} AS ${internal.created}`];
  statement.ctes.push({
    name,
    comment: side.comment,
    body: selectLines({
      columns: [
        ...keyNames(statement, side, "a"),
        `${dialect.utc(`t.${quoteName(time.event)}`, time.eventType)} AS ${internal.event}`,
        ...created,
        `${known === null ? visible : `greatest(${visible}, ${known})`} AS ${internal.from}`,
        ...side.outputs.map((output) => renamed("t", output)),
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

function addVersions(
  statement: Statement,
  side: RightSide,
  time: Visibility,
  { rows, versions }: { rows: string; versions: string },
): void {
  const { internal } = statement;
  const known = knownSince(statement, time);
  const order = [
    `r.${internal.event}`,
    ...(time.created === null ? [] : [`r.${internal.created} NULLS FIRST`]),
    ...side.outputs.map(({ name }) => `r.${name} NULLS FIRST`),
  ];
  const window = `PARTITION BY ${keyNames(statement, side, "r").join(", ")} ORDER BY ${order.join(", ")}`;
  // In order of event time `visible_from` only grows, unless a row may be written late.
  const until =
    known === null
      ? `lead(r.${internal.from}) OVER (${window})`
      : `min(r.${internal.from}) OVER (${window} ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)`;
  statement.ctes.push({
    name: versions,
    comment: [`${side.name}: each row until a later one becomes visible`],
    body: selectLines({
      columns: [
        "r.*",
        `${until} AS ${internal.until}`,
        ...(statement.audit ? [`${tied(statement, time, window)} AS ${internal.tied}`] : []),
      ],
      from: [`${rows} AS r`],
    }),
  });
}

/** Does the row before it in order have the same times? Then only the values decided between them. */
function tied({ internal }: Statement, time: Visibility, window: string): string {
  const sameEvent = `lag(r.${internal.event}) OVER (${window}) = r.${internal.event}`;
  if (time.created === null) return `CASE WHEN ${sameEvent} THEN TRUE END`;
  const sameCreated = `lag(r.${internal.created}) OVER (${window}) IS NOT DISTINCT FROM r.${internal.created}`;
  return `CASE WHEN ${sameEvent} AND ${sameCreated} THEN TRUE END`;
}

function addNewest(statement: Statement, side: RightSide, time: Visibility, versions: string): void {
  const { internal, dialect } = statement;
  const inclusive = statement.plan.featureSet.alignment.boundary === "inclusive";
  const [after, before] = inclusive ? ["<=", ">"] : ["<", ">="];
  const sameKey = side.hop.to.columns.map(
    (_, index) => `v.${internal.key(index)} = a.${internal.key(index)}`,
  );
  const begun = `v.${internal.from} ${after} a.${internal.time}`;
  const notOver = `(v.${internal.until} ${before} a.${internal.time} OR v.${internal.until} IS NULL)`;
  const fresh = time.ttlSeconds
    ? [`v.${internal.event} >= a.${internal.time} - ${seconds(time.ttlSeconds)}`]
    : [];
  // Of spans that do not overlap, the last to begin is the only one that can still run, and ASOF finds it by sorting.
  const versionRows = dialect.asofJoin
    ? `(SELECT * FROM ${versions} WHERE ${internal.until} > ${internal.from} OR ${internal.until} IS NULL)`
    : versions;
  statement.ctes.push({
    name: side.name,
    comment: [`${side.name}: the newest visible row for each key and time`],
    body: selectLines({
      columns: [
        ...keyNames(statement, side, "a"),
        `a.${internal.time}`,
        ...side.outputs.map(({ name }) => `v.${name}`),
        ...(statement.audit ? [`v.${internal.tied}`] : []),
      ],
      from: asked(statement, side, true),
      joins: [
        `${dialect.asofJoin ? "ASOF JOIN" : "JOIN"} ${versionRows} AS v`,
        ...[...sameKey, begun].map((condition, index) => `  ${index === 0 ? "ON" : "AND"} ${condition}`),
      ],
      where: [notOver, ...fresh],
    }),
  });
}
