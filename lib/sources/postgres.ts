import { AppError } from "@/lib/errors";
import type { SourceTable } from "@/lib/pipeline/source-table";
import { openPostgres, type PostgresTransaction } from "@/lib/postgres";
import { quoteName, quoteText } from "@/lib/warehouse";
import { type JsonRow, parseJson } from "./json";
import { keyOf } from "./landing";
import type { Reader, Reading } from "./reading";
import { settingOf } from "./setting";

const rowsPerFetch = 2000;

/**
 * Reads tables of a PostgreSQL database in one snapshot: rows that came to be before END and were changed at or after START,
 * by `updated_at` where the table declares it, with every declared column as text. A row whose times cannot be told is read.
 * @throws AppError SOURCE_CHANGED where a table or column is missing; SOURCE_UNAVAILABLE
 */
export const readPostgres: Reader = async (reading) => {
  const client = openPostgres(reading.address, { max: 1, connect_timeout: 10 });
  try {
    return await client.begin("isolation level repeatable read read only", async (transaction) => {
      await transaction`set local time zone 'UTC'`;
      let seen = 0;
      for (const table of reading.tables) seen += await readTable(reading, table, transaction);
      return { seen, others: 0 };
    });
  } catch (cause) {
    reading.signal.throwIfAborted();
    if (cause instanceof AppError) throw cause;
    const { source } = reading;
    throw new AppError(
      "SOURCE_UNAVAILABLE",
      `The database of the source ${source} could not be read. See that it is up, that ${settingOf(source)} is its address, and that the account may read its tables; then run this step again.`,
      { details: { source }, cause },
    );
  } finally {
    await client.end({ timeout: 1 });
  }
};

async function readTable(reading: Reading, table: SourceTable, db: PostgresTransaction): Promise<number> {
  const { start, end, landing, signal } = reading;
  const types = await columnTypes(table, db);
  const columns = Object.keys(table.row.shape);
  const watermark = columns.includes("updated_at") ? "updated_at" : table.createdAt;
  const created = table.createdAt && momentOf(table.createdAt, types);
  const changed = watermark && momentOf(watermark, types);
  // A moment that is not known is neither.
  const where = [
    created && `(${created.column} < ${created.literal(end)}) is not false`,
    changed && `(${changed.column} >= ${changed.literal(start)}) is not false`,
  ].filter((condition) => condition !== undefined);
  const asText = columns.map((name) => `${quoteName(name)}::text as ${quoteName(name)}`).join(", ");
  const sql = `select (select row_to_json(r)::text from (select ${asText}) r) as row,
      ${changed ? `(${changed.order})::text` : "null"} as sequence
    from ${quoteName(table.name)} where ${["true", ...where].join(" and ")}`;
  let seen = 0;
  for await (const rows of db`${db.unsafe(sql)}`.cursor(rowsPerFetch)) {
    signal.throwIfAborted();
    for (const found of rows) {
      const row = parseJson(String(found.row)) as JsonRow;
      const position = `${table.name} ${keyOf(row, table.key) ?? "without a key"}`;
      landing.add(table, { row, position, sequence: Number(found.sequence ?? 0), operation: "upsert" });
    }
    seen += rows.length;
    await landing.drain();
  }
  return seen;
}

/** The types of the declared columns in the database. */
async function columnTypes(table: SourceTable, db: PostgresTransaction): Promise<Map<string, string>> {
  const rows = await db`select attname as name, format_type(atttypid, null) as type from pg_attribute
    where attrelid = to_regclass(${quoteName(table.name)}) and attnum > 0 and not attisdropped`;
  const types = new Map(rows.map(({ name, type }) => [String(name), String(type)]));
  const missing = Object.keys(table.row.shape).filter((name) => !types.has(name));
  if (missing.length === 0) return types;
  const lacks =
    types.size === 0
      ? `the table ${table.name}`
      : `of the table ${table.name} the column${missing.length > 1 ? "s" : ""} ${missing.join(", ")}`;
  throw new AppError(
    "SOURCE_CHANGED",
    `The database of the source ${table.source} lacks ${lacks}. See that ${settingOf(table.source)} names the right database and that the account may read it.`,
    { details: { source: table.source, table: table.name, missing } },
  );
}

/** A column's moment in SQL, null where it holds none; how an ISO 8601 moment is compared with it, and a number that orders them. */
function momentOf(name: string, types: Map<string, string>) {
  const type = types.get(name) ?? "";
  if (/^(date|timestamp)/.test(type)) {
    const column = `${quoteName(name)}::timestamptz`;
    const micros = `(extract(epoch from ${column}) * 1000000)::bigint`;
    return {
      column,
      literal: (iso: string) => `${quoteText(iso)}::timestamptz`,
      order: `case when isfinite(${column}) then ${micros} end`,
    };
  }
  // Whoever keeps times as text keeps some that are none: they are compared as text, to the second.
  const text = `replace(left(${quoteName(name)}::text, 19), ' ', 'T') collate "C"`;
  const column = `case when ${text} ~ '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])' then ${text} || substr('0000-00-00T00:00:00', length(${text}) + 1) end`;
  return {
    column: `(${column})`,
    literal: (iso: string) => quoteText(new Date(iso).toISOString().slice(0, 19)),
    order: `nullif(regexp_replace(${column}, '\\D', '', 'g'), '')::bigint`,
  };
}
