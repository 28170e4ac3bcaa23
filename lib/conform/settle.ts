import type { SourceTable } from "@/lib/pipeline/source-table";
import { type DuckDbWriter, quoteName, quoteText } from "@/lib/warehouse";
import type { Conforming } from "./load-records";

/**
 * Decides what becomes of every readable record: of one key the last by sequence, then by position, is kept and what a
 * deletion ends is gone; what came to be at END or later waits for a later stamp; what refers to nothing is set aside.
 * Leaves a table of those that are not simply kept: `rid`, `fate` (superseded, deleted, duplicate, later, unknown), the
 * column and value of an unknown reference, `remembered` (the next stamp needs it) and `version` (of a row that is kept).
 */
export async function settle(
  engine: DuckDbWriter,
  conforming: Conforming,
  end: string,
): Promise<ChangedFirstValue[]> {
  await engine.run(mergeByKey(conforming));
  const { table, records, fates } = conforming;
  const changed = await keepFirstValues(engine, conforming);
  if (table.createdAt) {
    await engine.run(
      `INSERT INTO ${fates} SELECT rowid, 'later', NULL, NULL, true, false FROM ${records}
       WHERE ${undecided(conforming)} AND ${quoteName(table.createdAt)} >= ${quoteText(end)}::TIMESTAMP`,
    );
  }
  if (table.references.length > 0) {
    await engine.run(`INSERT INTO ${fates} ${unknownReferences(conforming)}`);
  }
  const [key = ""] = table.key;
  await engine.run(
    `CREATE OR REPLACE TEMP TABLE ${keysOf(table.name)} AS
     SELECT ${quoteName(key)} AS key FROM ${records} WHERE ${undecided(conforming)}`,
  );
  return changed;
}

/** A column that never changes was found changed in so many rows. */
export interface ChangedFirstValue {
  table: string;
  column: string;
  rows: number;
}

/** The keys of a table that are known at END, for those that refer to it. */
function keysOf(table: string): string {
  return quoteName(`keys of ${table}`);
}

/** Of the records: readable, and so far neither superseded nor anything else. */
export function undecided({ fates }: Conforming): string {
  return `_bad = 0 AND rowid NOT IN (SELECT rid FROM ${fates})`;
}

/**
 * Positions of one source are alike but for their numbers, so that the longer one is the later. Rows of a paged
 * interface are numbered anew in every reading; elsewhere a number stands for the same change in all of them.
 */
function newestFirst({ protocol }: SourceTable): string {
  const inReading = "_sequence DESC, length(_position) DESC, _position DESC";
  return protocol === "rest"
    ? `_generation DESC, ${inReading}, rowid DESC`
    : `${inReading}, _generation DESC, rowid DESC`;
}

function mergeByKey({ table, columns, records, fates }: Conforming): string {
  const keys = table.key.map(quoteName).join(", ");
  const { changes } = table;
  const chosen =
    changes === 0
      ? `NOT dead AND row_number() OVER (PARTITION BY ${keys}, dead ORDER BY place DESC) = 1`
      : "place = 1 AND NOT dead";
  // A record of a log has no versions, and other rows that changed are not equal. Change rows may be told twice.
  const isSurplus = changes === 4 ? "true" : table.protocol === "cdc" ? "false" : "same AND in_one_reading";
  const isVersion = typeof changes === "object" ? "NOT (dead OR again OR same)" : "false";
  // Where a first version counts, one that arrives late may be older than a deletion.
  const isEnd = changes === 0 || typeof changes === "object" ? "_gone" : "_gone AND place = 1";
  const row = `row(${columns.map(({ name }) => quoteName(name)).join(", ")})`;
  // Between versions with numbers of their own another may still arrive.
  const same = typeof changes === "object" ? ["_sequence", row] : [row];
  const newer = (value: string) => `lag(${value}) OVER newest IS NOT DISTINCT FROM ${value}`;
  return `
    CREATE OR REPLACE TEMP TABLE ${fates} AS
    WITH several AS (
      SELECT ${keys} FROM ${records} WHERE _bad = 0 GROUP BY ALL HAVING count(*) > 1 OR bool_or(_gone)
    ), placed AS (
      SELECT rowid AS rid, ${keys}, _gone,
        row_number() OVER newest AS place,
        first_value(_gone) OVER newest AS ends_gone,
        -- A deletion lies between this record and the present.
        bool_or(_gone) OVER (newest ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS dead,
        ${newer("_generation")} AS in_one_reading,
        NOT in_one_reading AND ${newer("_sequence")} AND ${newer("_position")} AS again,
        ${changes === 4 ? "false" : same.map(newer).join(" AND ")} AS same
      FROM ${records} SEMI JOIN several USING (${keys}) WHERE _bad = 0
      WINDOW newest AS (PARTITION BY ${keys} ORDER BY ${newestFirst(table)})
    ), chosen AS (SELECT *, ${chosen} AS is_kept FROM placed)
    SELECT rid, CASE WHEN ends_gone THEN 'deleted' WHEN ${isSurplus} AND NOT (again OR dead) THEN 'duplicate'
        ELSE 'superseded' END AS fate,
      NULL::VARCHAR AS "column", NULL::VARCHAR AS found,
      (${isEnd}) OR (${isVersion}) AS remembered, ${isVersion} AS version
    FROM chosen WHERE NOT is_kept`;
}

/**
 * Type 0: the first version of a row gives these columns to all of its versions. What a version had itself stays in `own_values`:
 * a deletion that arrives late may make another version the first.
 */
async function keepFirstValues(
  engine: DuckDbWriter,
  { table, records, fates }: Conforming,
): Promise<ChangedFirstValue[]> {
  const { changes } = table;
  if (typeof changes !== "object" || changes.never.length === 0) return [];
  const key = table.key.map(quoteName).join(", ");
  const never = changes.never.map(quoteName);
  await engine.run(`
    CREATE OR REPLACE TEMP TABLE first_values AS
    SELECT ${key}, ${never.map((c, i) => `arg_max_null(${c}, place) AS ${c}, min(${c}) <> max(${c}) AS changed_${i}`).join(", ")}
    FROM (
      SELECT *, row_number() OVER (PARTITION BY ${key} ORDER BY ${newestFirst(table)}) AS place FROM ${records}
      WHERE _bad = 0 AND rowid NOT IN (SELECT rid FROM ${fates} WHERE NOT version)
    ) GROUP BY ALL HAVING count(*) > 1;
    CREATE OR REPLACE TEMP TABLE own_values AS
    SELECT r.rowid AS rid, ${never.map((column) => `r.${column}`).join(", ")}
    FROM ${records} AS r SEMI JOIN first_values USING (${key}) WHERE _bad = 0 AND NOT _gone;
    UPDATE ${records} AS r SET ${never.map((column) => `${column} = first_values.${column}`).join(", ")}
    FROM first_values
    WHERE r._bad = 0 AND NOT r._gone
      AND ${table.key.map((name) => `r.${quoteName(name)} = first_values.${quoteName(name)}`).join(" AND ")}`);
  const { rows } = await engine.query(
    `SELECT ${never.map((_, i) => `count(*) FILTER (changed_${i})`).join(", ")} FROM first_values`,
  );
  return changes.never
    .map((column, i) => ({ table: table.name, column, rows: Number(rows[0]?.[i]) }))
    .filter((changed) => changed.rows > 0);
}

function unknownReferences(conforming: Conforming): string {
  const { references } = conforming.table;
  const cases = references.map(
    ({ column, table }, i) =>
      `WHEN ${quoteName(column)} IS NOT NULL AND ${quoteName(column)} NOT IN (SELECT key FROM ${keysOf(table)}) THEN ${i}`,
  );
  const pick = (of: (column: string) => string) =>
    `CASE broken ${references.map(({ column }, i) => `WHEN ${i} THEN ${of(column)}`).join(" ")} END`;
  return `
    SELECT rowid, 'unknown', ${pick(quoteText)}, ${pick((column) => `${quoteName(column)}::VARCHAR`)}, true, false
    FROM (
      SELECT *, rowid, CASE ${cases.join(" ")} END AS broken FROM ${conforming.records}
      WHERE ${undecided(conforming)}
    ) WHERE broken IS NOT NULL`;
}
