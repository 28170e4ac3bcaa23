import { AppError } from "@/lib/errors";
import type { SourceTable } from "@/lib/pipeline/source-table";
import { type QuarantineReason, quarantineReasons } from "@/lib/pipeline/steps";
import { type DuckDbWriter, quoteName, quoteText } from "@/lib/warehouse";
import { engineTypes, type SourceColumn } from "./columns";
import { type Fault, valueSql } from "./value-sql";

/** A source table while it is conformed. */
export interface Conforming {
  table: SourceTable;
  columns: SourceColumn[];
  /** The names below, quoted: every record, and what became of those that are not simply kept. */
  records: string;
  fates: string;
}

/** What a record carries besides its columns. */
const marks = {
  _sequence: "BIGINT",
  _position: "VARCHAR",
  _gone: "BOOLEAN",
  /** Was set aside by the previous stamp because what it refers to was not known. */
  _aside: "BOOLEAN",
};

const faultsPerColumn = 16;
const reasonCode = (reason: QuarantineReason) => quarantineReasons.indexOf(reason) + 1;

/**
 * Reads the extracted rows, typed and judged, and the records that the previous stamp remembered, into one table. `_bad` is 0
 * or says column and reason ({@link badColumn}, {@link badReason}); `_generation` is 0 for what was remembered.
 * @throws AppError BAD_INPUT where a file lacks columns that the schema has
 */
export async function loadRecords(
  engine: DuckDbWriter,
  { table, columns, records }: Conforming,
  landing: string,
  remembered: string | null,
): Promise<void> {
  await requireColumns(engine, landing, [
    ...columns.map(({ name }) => [name, "VARCHAR"] as const),
    ["_position", "VARCHAR"],
    ["_sequence", "BIGINT"],
    ["_operation", "VARCHAR"],
  ]);
  let sql = `CREATE OR REPLACE TEMP TABLE ${records} AS ${judgedRows(table, columns, landing)}`;
  if (remembered !== null) {
    await requireColumns(engine, remembered, [
      ...columns.map(({ name, kind }) => [name, engineTypes[kind]] as const),
      ...Object.entries(marks),
    ]);
    sql += ` UNION ALL BY NAME SELECT *, 0::TINYINT AS _generation, 0::SMALLINT AS _bad, NULL::VARCHAR AS _found
      FROM read_parquet(${quoteText(remembered)})`;
  }
  await engine.run(sql);
}

/** Of `_bad`: the column's name. */
export function badColumn(columns: SourceColumn[]): string {
  const cases = columns.map(({ name }, i) => `WHEN ${i} THEN ${quoteText(name)}`);
  return `CASE _bad // ${faultsPerColumn} ${cases.join(" ")} END`;
}

/** Of `_bad`: the reason. */
export function badReason(): string {
  const cases = quarantineReasons.map((reason) => `WHEN ${reasonCode(reason)} THEN ${quoteText(reason)}`);
  return `CASE _bad % ${faultsPerColumn} ${cases.join(" ")} END`;
}

function judgedRows(table: SourceTable, columns: SourceColumn[], landing: string): string {
  const sql = columns.map(valueSql);
  const each = (expression: (value: (typeof sql)[number], i: number) => string) =>
    sql.map(expression).join(",\n");
  const code = (i: number, reason: QuarantineReason) => i * faultsPerColumn + reasonCode(reason);
  const faultOf = (faults: Fault[], i: number) => {
    const cases = faults.map(([condition, reason]) => `WHEN ${condition} THEN ${code(i, reason)}`);
    // A deletion tells the key and no more.
    const exempt = table.key.includes(columns[i]?.name ?? "") ? "" : "WHEN _gone THEN 0";
    return cases.length === 0 ? "0" : `CASE ${exempt} ${cases.join(" ")} ELSE 0 END`;
  };
  return `
    SELECT ${each((value, i) => `${value.value(`read_${i}`)} AS ${quoteName(columns[i]?.name ?? "")}`)},
      _sequence, _position, _gone, false AS _aside, 1::TINYINT AS _generation, _bad::SMALLINT AS _bad,
      CASE WHEN _bad > 0 THEN CASE _bad // ${faultsPerColumn} ${sql.map((_, i) => `WHEN ${i} THEN raw_${i}`).join(" ")} END END AS _found
    FROM (SELECT *, CASE
        ${sql.map((_, i) => `WHEN fault_${i} > 0 THEN fault_${i}`).join(" ")}
        ${lateness(table, columns, code)} ELSE 0 END AS _bad
    FROM (SELECT *, ${each((value, i) => `${faultOf(value.faults(`present_${i}`, `read_${i}`), i)} AS fault_${i}`)}
    FROM (SELECT *, ${each((value, i) => `${value.read(`present_${i}`)} AS read_${i}`)}
    FROM (SELECT *, ${each((value, i) => `${value.present(`raw_${i}`)} AS present_${i}`)}
    FROM (SELECT ${columns.map(({ name }, i) => `${quoteName(name)} AS raw_${i}`).join(", ")},
        _sequence, _position, _operation IS NOT DISTINCT FROM 'delete' AS _gone
      FROM read_parquet(${quoteText(landing)}))))))`;
}

function lateness(
  { lateAfter }: SourceTable,
  columns: SourceColumn[],
  code: (i: number, reason: QuarantineReason) => number,
): string {
  if (!lateAfter) return "";
  const index = (name: string) => columns.findIndex((column) => column.name === name);
  const event = index(lateAfter.event);
  return `WHEN NOT _gone AND read_${index(lateAfter.received)} > read_${event} + INTERVAL ${lateAfter.days} DAY
    THEN ${code(event, "too_late")}`;
}

async function requireColumns(
  engine: DuckDbWriter,
  file: string,
  expected: (readonly [name: string, type: string])[],
): Promise<void> {
  const { rows } = await engine.query(`DESCRIBE SELECT * FROM read_parquet(${quoteText(file)})`);
  const found = new Map(rows.map(([name, type]) => [name, type]));
  const lacking = expected.filter(([name, type]) => found.get(name) !== type).map((pair) => pair.join(" "));
  if (lacking.length > 0) {
    const name = file.split(/[\\/]/).slice(-3).join("/");
    throw new AppError(
      "BAD_INPUT",
      `${name} does not have ${lacking.join(", ")}. It was written for another schema: run the extract step again, and where the schema has changed build the stamp from the beginning, without a previous one.`,
      { details: { file: name, lacking } },
    );
  }
}
