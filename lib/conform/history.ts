import type { SourceTable, VersionedChanges } from "@/lib/pipeline/source-table";
import { type DuckDbWriter, quoteName, quoteText } from "@/lib/warehouse";
import type { SourceColumn } from "./columns";
import type { Conforming } from "./load-records";
import { unknownValue } from "./masks";
import { undecided } from "./settle";

/** The remembered records of a table that tells changes of another's column, and the column that says when. */
export interface Teller {
  file: string;
  at: string;
}

/**
 * Builds `<name>_history` (Kimball's type 2): a row per version of the tracked columns with `valid_from`, `valid_to` (NULL
 * while it stands) and `is_current`, from the row's creation to END without gaps. A column's changes are those that another
 * table tells (`told`), or those between the versions that were read, each since the time the row itself gives.
 */
export async function buildHistory(
  engine: DuckDbWriter,
  conforming: Conforming,
  changes: VersionedChanges,
  end: string,
  tellerOf: (table: string) => Teller,
): Promise<void> {
  const { table, records, fates } = conforming;
  const key = table.key.map(quoteName).join(", ");
  const since = `${quoteName(changes.since)}::TIMESTAMP`;
  await engine.run(`
    CREATE OR REPLACE TEMP TABLE versions AS
    SELECT *, CASE WHEN _number = 1 THEN _created ELSE greatest(_created, ${since}) END AS _since
    FROM (
      SELECT *, row_number() OVER oldest AS _number,
        last_value(${quoteName(table.createdAt ?? changes.since)}::TIMESTAMP) OVER oldest AS _created
      FROM ${records} SEMI JOIN (SELECT ${key} FROM ${records} WHERE ${undecided(conforming)}) USING (${key})
      WHERE _bad = 0 AND rowid NOT IN (SELECT rid FROM ${fates} WHERE NOT version)
      WINDOW oldest AS (
        PARTITION BY ${key} ORDER BY _sequence, length(_position), _position, _generation, rowid
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
      )
    )`);
  const columns = conforming.columns.filter(({ name }) => changes.columns.includes(name));
  const points = columns.map((column) => {
    const told = changes.told.find((candidate) => candidate.column === column.name);
    const seen = seenPoints(table, column, key);
    return told ? toldPoints(told, tellerOf(told.table), key, seen) : seen;
  });
  const names = columns.map(({ name }) => quoteName(name));
  const isNew = names.map((name) => `lag(${name}) OVER earlier IS DISTINCT FROM ${name}`).join(" OR ");
  const sameKey = (i: number) =>
    table.key.map((k) => `times.${quoteName(k)} = points_${i}.${quoteName(k)}`).join(" AND ");
  await engine.run(`
    CREATE OR REPLACE TEMP TABLE ${historyOf(table.name)} AS
    WITH ${points.map((sql, i) => `points_${i} AS (${standingPoints(sql, key, end)})`).join(", ")},
    times AS (${points.map((_, i) => `SELECT ${key}, moment FROM points_${i}`).join(" UNION ")}),
    known AS (
      SELECT times.*, ${names.map((name, i) => `points_${i}.value AS ${name}`).join(", ")} FROM times
      ${points.map((_, i) => `ASOF LEFT JOIN points_${i} ON ${sameKey(i)} AND times.moment >= points_${i}.moment`).join("\n")}
    ), changed AS (
      SELECT *, row_number() OVER earlier = 1 OR ${isNew} AS is_new
      FROM known WINDOW earlier AS (PARTITION BY ${key} ORDER BY moment)
    ), periods AS (
      SELECT ${key}, ${names.join(", ")}, moment AS valid_from, lead(moment) OVER (PARTITION BY ${key} ORDER BY moment) AS valid_to
      FROM changed WHERE is_new
    )
    SELECT *, valid_to IS NULL AS is_current FROM periods`);
}

export function historyOf(table: string): string {
  return quoteName(`${table}_history`);
}

/** One column's values in the versions that were read: key, number of the claim, since when, value. */
function seenPoints(table: SourceTable, column: SourceColumn, key: string): string {
  const value = quoteName(column.name);
  const mask = table.knownBy?.find(({ unknown }) => column.name in unknown);
  if (!mask) return `SELECT ${key}, _number, _since AS moment, ${value} AS value FROM versions`;
  const time = `${quoteName(mask.time)}::TIMESTAMP`;
  return `
    SELECT ${key}, _number, CASE WHEN ${time} IS NULL THEN _since ELSE greatest(${time}, _created) END AS moment, ${value} AS value FROM versions
    UNION ALL
    SELECT ${key}, _number, _created, ${unknownValue(column, mask.unknown[column.name])}
    FROM versions WHERE _number = 1 AND ${time} > _created`;
}

/** The changes that another table tells; where it tells none of a key, what was seen. */
function toldPoints(
  told: VersionedChanges["told"][number],
  teller: Teller,
  key: string,
  seen: string,
): string {
  const [before, after, at] = [told.before, told.after, teller.at].map(quoteName);
  return `
    WITH told AS (
      SELECT ${key}, _created, ${before} AS before, ${after} AS after, greatest(${at}::TIMESTAMP, _created) AS moment,
        row_number() OVER (PARTITION BY ${key} ORDER BY ${at}, t._sequence, length(t._position), t._position) AS _number
      FROM (SELECT * FROM read_parquet(${quoteText(teller.file)}) WHERE NOT _gone AND NOT _aside) AS t
      JOIN (SELECT ${key}, _created FROM versions WHERE _number = 1) USING (${key})
    )
    SELECT ${key}, _number, moment, after AS value FROM told
    UNION ALL SELECT ${key}, 0, _created, coalesce(before, after) FROM told WHERE _number = 1
    UNION ALL SELECT * FROM (${seen}) ANTI JOIN told USING (${key})`;
}

/** A later claim about the same or an earlier time undoes the earlier claims from then on; what happens from END on is not known. */
function standingPoints(points: string, key: string, end: string): string {
  return `
    SELECT * EXCLUDE (_number, undone_from) FROM (
      SELECT *, min(moment) OVER (
        PARTITION BY ${key} ORDER BY _number RANGE BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
      ) AS undone_from
      FROM (${points})
    ) WHERE (undone_from IS NULL OR undone_from > moment) AND moment < ${quoteText(end)}::TIMESTAMP`;
}
