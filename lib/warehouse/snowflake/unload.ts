import { createHash, randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import path from "node:path";
import { AppError } from "@/lib/errors";
import type { ObjectStore } from "@/lib/objects";
import type { SnowflakeSettings } from "@/lib/settings/warehouse";
import { unlessStopped } from "@/lib/unless-stopped";
import type { ParquetFile, ParquetOptions, QueryOptions, RunContext, Warehouse } from "../port";
import { quoteName, quoteText } from "../quote";
import type { DeclaredColumn } from "./cells";
import type { StatementResult } from "./connection";
import { type StatementOptions, statementHash } from "./run-statement";

export interface UnloadTools {
  settings: Pick<SnowflakeSettings, "storageIntegration">;
  objects: ObjectStore;
  scratchDirectory: string;
  /** The embedded engine over the scratch directory. */
  files: Warehouse;
  run(sql: string, options: Omit<StatementOptions, "context">): Promise<StatementResult>;
}

/**
 * See {@link Warehouse.writeParquet}: the service unloads to the bucket, and the embedded engine writes what came from there
 * anew. So a matrix has the same form, types and content hash whatever the warehouse.
 */
export async function unloadParquet(
  { settings, objects, scratchDirectory, files, run }: UnloadTools,
  sql: string,
  target: string,
  { metadata, constants, rowNumber, ...options }: ParquetOptions,
  context: RunContext | undefined,
): Promise<ParquetFile> {
  const { declared } = await run(`SELECT * FROM (\n${plain(sql)}\n) LIMIT 0`, options);
  const folder = `unload/${unloadId(sql, options, context)}`;
  const key = `${folder}/rows.parquet`;
  const copy = copyStatement(withoutZones(plain(sql), declared), objects.locate(key), settings);
  const local = path.join(scratchDirectory, `unloaded-${randomUUID()}.parquet`);
  const { signal } = options;
  const bring = async () => {
    let unloaded = rowsUnloaded(await run(copy, options));
    // An earlier process may have unloaded and removed it.
    if (unloaded > 0 && !(await unlessStopped(objects.exists(key), signal))) {
      unloaded = rowsUnloaded(await run(copy, { ...options, anew: true }));
    }
    if (unloaded === 0) return 0;
    const arriving = objects.getFile(key, local);
    await unlessStopped(arriving, signal).catch((thrown) => {
      arriving.finally(() => rm(local, { force: true })).catch(() => {});
      throw thrown;
    });
    return unloaded;
  };
  try {
    const unloaded = await bring();
    const types = await engineTypes(declared, unloaded > 0 ? local : null, files, signal);
    const select = selectAs(declared, types, unloaded > 0 ? local : null);
    const number = declared.findIndex(({ name }) => name === rowNumber);
    const isSorted = unloaded === 0 || number < 0 || (await isRising(number, local, files, signal));
    const ordered = isSorted ? select : `FROM (\n${select}\n) ORDER BY ${quoteName(rowNumber ?? "")}`;
    const file = await files.writeParquet(ordered, target, { metadata, constants, rowNumber, signal });
    if (file.rows === unloaded) return file;
    await rm(target, { force: true });
    throw new AppError("RESULT_INCOMPLETE", undefined, {
      details: { expected: unloaded, received: file.rows },
    });
  } finally {
    await rm(local, { force: true });
    await unlessStopped(objects.removeAll(folder), signal).catch(() => {});
  }
}

/** The same again in a run that remembers its queries, so that after a restart the file is found. */
function unloadId(sql: string, { parameters = [] }: QueryOptions, context: RunContext | undefined): string {
  if (!context?.journal) return randomUUID();
  return createHash("sha256")
    .update(`${context.run} ${statementHash(sql, parameters)}`)
    .digest("hex");
}

/**
 * The service writes one file as one writer, which by its documentation keeps the order of the rows; nothing here depends on that.
 * Looked at before sorting, because to sort a wide matrix takes as long again.
 */
async function isRising(
  column: number,
  file: string,
  files: Warehouse,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const { rows } = await files.queryFiles(
    `SELECT bool_and(number > before) IS NOT FALSE FROM (
       SELECT #${column + 1}::BIGINT AS number, lag(#${column + 1}::BIGINT) OVER (ORDER BY file_row_number) AS before
       FROM read_parquet(${quoteText(file)}, file_row_number = true)
     )`,
    { signal },
  );
  return rows[0]?.[0] === true;
}

/** The most that the service puts into one file. */
const maxFileBytes = 5_368_709_120;

function copyStatement(
  sql: string,
  location: string,
  { storageIntegration }: UnloadTools["settings"],
): string {
  return [
    `COPY INTO ${quoteText(location.replaceAll("\\", "\\\\"))}`,
    `FROM (\n${sql}\n)`,
    ...(storageIntegration ? [`STORAGE_INTEGRATION = ${storageIntegration}`] : []),
    "FILE_FORMAT = (TYPE = PARQUET COMPRESSION = SNAPPY)",
    `HEADER = TRUE SINGLE = TRUE OVERWRITE = TRUE MAX_FILE_SIZE = ${maxFileBytes}`,
  ].join("\n");
}

/** The service refuses to unload zoned timestamps as Parquet. */
function withoutZones(sql: string, declared: DeclaredColumn[]): string {
  const zoned = (column: DeclaredColumn) => /^timestamp_(l?tz)$/.test(column.type);
  if (!declared.some(zoned)) return sql;
  const columns = declared.map((column) => {
    const name = quoteName(column.name);
    return zoned(column) ? `CONVERT_TIMEZONE('UTC', ${name})::TIMESTAMP_NTZ AS ${name}` : name;
  });
  return `SELECT ${columns.join(", ")} FROM (\n${sql}\n)`;
}

function rowsUnloaded({ columns, rows }: StatementResult): number {
  const index = columns.findIndex(({ name }) => name.toLowerCase() === "rows_unloaded");
  const count = Number(rows[0]?.[index]);
  if (!Number.isSafeInteger(count))
    throw new AppError("RESULT_INCOMPLETE", "The unloaded rows were not counted.");
  return count;
}

/**
 * The embedded engine's type of each column as the service declares it: the service itself unloads numbers in the smallest
 * type that holds them. Its aggregates declare 38 digits; where all values fit, they are integers like any other.
 */
async function engineTypes(
  declared: DeclaredColumn[],
  file: string | null,
  files: Warehouse,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const types = declared.map(engineType);
  const wide = declared.flatMap(({ type, scale, precision }, index) =>
    type === "fixed" && scale === 0 && precision > 18 ? [index] : [],
  );
  if (file === null || wide.length === 0) return types;
  const fits = wide.map(
    (index) => `bool_and(TRY_CAST(#${index + 1} AS BIGINT) IS NOT NULL OR #${index + 1} IS NULL)`,
  );
  const { rows } = await files.queryFiles(`SELECT ${fits.join(", ")} FROM read_parquet(${quoteText(file)})`, {
    signal,
  });
  for (const [position, index] of wide.entries()) {
    if (rows[0]?.[position] === false) types[index] = "DECIMAL(38, 0)";
  }
  return types;
}

function engineType({ type, precision, scale }: DeclaredColumn): string {
  if (type === "fixed") return scale === 0 ? "BIGINT" : `DECIMAL(${precision}, ${scale})`;
  if (type === "real" || type === "decfloat") return "DOUBLE";
  if (type === "boolean" || type === "date" || type === "time") return type.toUpperCase();
  if (type === "binary") return "BLOB";
  return type.startsWith("timestamp") ? "TIMESTAMP" : "VARCHAR";
}

/** By position, since the service may spell names otherwise. Without a file: no rows. */
function selectAs(declared: DeclaredColumn[], types: string[], file: string | null): string {
  const columns = declared.map(
    ({ name }, index) =>
      `CAST(${file === null ? "NULL" : `#${index + 1}`} AS ${types[index]}) AS ${quoteName(name)}`,
  );
  return `SELECT ${columns.join(", ")} ${file === null ? "WHERE FALSE" : `FROM read_parquet(${quoteText(file)})`}`;
}

function plain(sql: string): string {
  return sql.replace(/;\s*$/, "");
}
