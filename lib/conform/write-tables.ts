import { mkdir } from "node:fs/promises";
import path from "node:path";
import type { SourceTable } from "@/lib/pipeline/source-table";
import type { StepFiles } from "@/lib/pipeline/step-context";
import { type DuckDbWriter, quoteName, quoteText } from "@/lib/warehouse";
import { historyOf } from "./history";
import { badColumn, badReason, type Conforming } from "./load-records";
import { asKnownAt } from "./masks";
import { undecided } from "./settle";

/** Where a step's tables are written: the engine, a folder of its own, and the step's files. */
export interface Output {
  engine: DuckDbWriter;
  directory: string;
  files: StepFiles;
}

/** `<table>.parquet`: what is known at `end`, by key. @returns its rows */
export function writeTable(output: Output, conforming: Conforming, end: string): Promise<number> {
  const { table } = conforming;
  const current = typeof table.changes === "object" ? "WHERE is_current" : "";
  return writeParquet(
    output,
    table.name,
    `SELECT ${knownColumns(conforming, end)} FROM ${knownRows(conforming)} ${current} ORDER BY ${keyOf(table)}`,
  );
}

/** `<table>_history.parquet`: the same with a row per version. */
export async function writeHistory(output: Output, conforming: Conforming, end: string): Promise<void> {
  await writeParquet(
    output,
    `${conforming.table.name}_history`,
    `SELECT ${knownColumns(conforming, end)}, valid_from, valid_to, is_current
     FROM ${knownRows(conforming)} ORDER BY ${keyOf(conforming.table)}, valid_from`,
  );
}

function knownColumns({ table, columns }: Conforming, end: string): string {
  const versioned = typeof table.changes === "object" ? table.changes.columns : [];
  return columns
    .map((column) => {
      const name = quoteName(column.name);
      if (versioned.includes(column.name)) return `history.${name}`;
      return `${asKnownAt(table, column, end)} AS ${name}`;
    })
    .join(", ");
}

function knownRows(conforming: Conforming): string {
  const { table, records } = conforming;
  const kept = `(SELECT * FROM ${records} WHERE ${undecided(conforming)}) AS kept`;
  if (typeof table.changes !== "object") return kept;
  return `${kept} JOIN ${historyOf(table.name)} AS history USING (${keyOf(table)})`;
}

const keyOf = (table: SourceTable) => table.key.map(quoteName).join(", ");

/**
 * `state/<table>.parquet`: every record that a later stamp needs, as it was read. Not for models: it holds what is not known
 * at END.
 */
export async function writeState(
  output: Output,
  { table, columns, records, fates }: Conforming,
): Promise<string> {
  const name = `state/${table.name}`;
  const never = typeof table.changes === "object" ? table.changes.never : [];
  const values = columns.map((column) => {
    const value = quoteName(column.name);
    if (!never.includes(column.name)) return `r.${value}`;
    return `CASE WHEN own.rid IS NULL THEN r.${value} ELSE own.${value} END AS ${value}`;
  });
  await writeParquet(
    output,
    name,
    `SELECT ${values.join(", ")}, _sequence, _position, _gone,
       r.rowid IN (SELECT rid FROM ${fates} WHERE fate = 'unknown') AS _aside
     FROM ${records} AS r ${never.length > 0 ? "LEFT JOIN own_values AS own ON own.rid = r.rowid" : ""}
     WHERE _bad = 0 AND r.rowid NOT IN (SELECT rid FROM ${fates} WHERE NOT remembered)
     ORDER BY ${table.key.map((key) => `r.${quoteName(key)}`).join(", ")}, _sequence, _position`,
  );
  return localPath(output, name);
}

export const createQuarantine = `
  CREATE TEMP TABLE quarantine (
    source VARCHAR, "table" VARCHAR, reason VARCHAR, "column" VARCHAR, found VARCHAR, key VARCHAR, position VARCHAR
  );
  CREATE TEMP MACRO excerpt(x) AS regexp_replace(left(x, 200), '[\\x{00}-\\x{1F}\\x{7F}-\\x{9F}]', ' ', 'g');`;

/** Sets aside what is wrong in itself, surplus, or refers to nothing; what the previous stamp has set aside already is not told again. */
export async function quarantine(engine: DuckDbWriter, conforming: Conforming): Promise<void> {
  const { table, columns, records, fates } = conforming;
  const shown = columns.filter(({ personal }) => !personal).map(({ name }) => quoteText(name));
  const key = table.key.map((name) => `${quoteName(name)}::VARCHAR`).join(" || '|' || ");
  await engine.run(`
    INSERT INTO quarantine
    SELECT ${quoteText(table.source)}, ${quoteText(table.name)}, reason, "column",
      CASE WHEN "column" IN (${[...shown, "NULL"].join(", ")}) THEN excerpt(found) END, excerpt(key), position
    FROM (
      SELECT ${badReason()} AS reason, ${badColumn(columns)} AS "column", _found AS found, ${key} AS key, _position AS position
      FROM ${records} WHERE _bad > 0
      UNION ALL
      SELECT CASE fate WHEN 'duplicate' THEN 'duplicate' ELSE 'unknown_key' END, "column", found, ${key}, _position
      FROM ${records} AS r JOIN ${fates} ON r.rowid = rid
      WHERE fate = 'duplicate' OR fate = 'unknown' AND NOT _aside
    )`);
}

/** `quarantine.parquet`. */
export async function writeQuarantine(output: Output): Promise<number> {
  return writeParquet(output, "quarantine", "SELECT * FROM quarantine ORDER BY ALL");
}

async function writeParquet(output: Output, name: string, sql: string): Promise<number> {
  const target = localPath(output, name);
  await mkdir(path.dirname(target), { recursive: true });
  await output.engine.run(`COPY (${sql}) TO ${quoteText(target)} (FORMAT parquet, COMPRESSION zstd)`);
  const { rows } = await output.engine.query(
    `SELECT num_rows FROM parquet_file_metadata(${quoteText(target)})`,
  );
  const count = Number(rows[0]?.[0]);
  await output.files.write(`${name}.parquet`, target, count);
  return count;
}

function localPath({ directory }: Output, name: string): string {
  return path.join(directory, `${name}.parquet`);
}
