import { randomUUID } from "node:crypto";
import { rename, rm, stat } from "node:fs/promises";
import { AppError } from "@/lib/errors";
import type { ParquetFile, ParquetOptions, QueryOptions, QueryResult } from "./port";
import { quoteName, quoteText } from "./quote";

type Query = (sql: string, options?: QueryOptions) => Promise<QueryResult>;

/** Measured at 1,141 columns × 100,000 rows: a fifth of the time and a third of the memory of the engine's own 122,880. */
const rowGroupSize = 16_384;

/** See {@link import("./port").Warehouse.writeParquet}. `copy` may run COPY; `query` reads. */
export async function writeParquet(
  { copy, query }: { copy: Query; query: Query },
  sql: string,
  target: string,
  options: ParquetOptions = {},
): Promise<ParquetFile> {
  const temporary = `${target}.${randomUUID()}.tmp`;
  try {
    await copy(
      `COPY (${asWritten(withoutSemicolon(sql), options)}\n) TO ${quoteText(temporary)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${rowGroupSize}, USE_TMP_FILE false${keyValues(options.metadata)})`,
      options,
    );
    const file = await readFooter(query, temporary, options.signal);
    await rename(temporary, target);
    return { ...file, path: target };
  } catch (thrown) {
    await rm(temporary, { force: true });
    if (thrown instanceof AppError) throw thrown;
    throw new AppError("QUERY_FAILED", "The Parquet file could not be written.", { cause: thrown });
  }
}

/** What the file says of itself. A null count that the footer lacks is counted from the data. */
async function readFooter(query: Query, file: string, signal?: AbortSignal): Promise<ParquetFile> {
  const from = `read_parquet(${quoteText(file)})`;
  const options = { signal };
  const { columns } = await query(`SELECT * FROM ${from} LIMIT 0`, options);
  const { rows: described } = await query(`DESCRIBE SELECT * FROM ${from}`, options);
  const [total] = (await query(`SELECT num_rows FROM parquet_file_metadata(${quoteText(file)})`, options))
    .rows;
  const footer = await query(
    `SELECT column_id, sum(stats_null_count)::BIGINT, count(*) = count(stats_null_count)
     FROM parquet_metadata(${quoteText(file)}) GROUP BY column_id`,
    options,
  );
  const metadata = await query(
    `SELECT decode(key), decode(value) FROM parquet_kv_metadata(${quoteText(file)})`,
    options,
  );
  const known = new Map(footer.rows.map(([id, nulls, complete]) => [id, complete ? Number(nulls) : null]));
  const rows = Number(total?.[0]);
  // The footer counts leaves; a nested column has several, which also shifts the numbers of the columns after it.
  const nested = described.some(([, type]) => /[[(]/.test(String(type)) && !/^DECIMAL/.test(String(type)));
  const counts = columns.map((_, index) => (rows === 0 ? 0 : nested ? null : (known.get(index) ?? null)));
  const missing = columns.flatMap(({ name }, index) => (counts[index] === null ? [{ name, index }] : []));
  if (missing.length > 0) {
    const counted = await query(
      `SELECT ${missing.map(({ name }) => `count(*) - count(${quoteName(name)})`).join(", ")} FROM ${from}`,
      options,
    );
    for (const [position, { index }] of missing.entries()) {
      counts[index] = Number(counted.rows[0]?.[position]);
    }
  }
  return {
    path: file,
    rows,
    bytes: (await stat(file)).size,
    columns: columns.map(({ name, type }, index) => ({ name, type, nullCount: Number(counts[index]) })),
    metadata: Object.fromEntries(metadata.rows.map(([key, value]) => [String(key), String(value)])),
  };
}

function keyValues(metadata: Record<string, string> = {}): string {
  const pairs = Object.entries(metadata).map(([key, value]) => `${quoteName(key)}: ${quoteText(value)}`);
  return pairs.length > 0 ? `, KV_METADATA {${pairs.join(", ")}}` : "";
}

function asWritten(sql: string, { constants = {}, rowNumber }: ParquetOptions): string {
  const added = Object.entries(constants).map(([name, value]) => `${quoteText(value)} AS ${quoteName(name)}`);
  if (added.length === 0 && rowNumber === undefined) return sql;
  const own = rowNumber === undefined ? "*" : `* EXCLUDE (${quoteName(rowNumber)})`;
  return `SELECT ${[own, ...added].join(", ")} FROM (\n${sql}\n)`;
}

function withoutSemicolon(sql: string): string {
  return sql.replace(/;\s*$/, "");
}
