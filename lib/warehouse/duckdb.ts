import { randomUUID } from "node:crypto";
import { rm, stat } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  type DuckDBConnection,
  DuckDBInstance,
  type DuckDBResult,
  DuckDBTimestampTZValue,
  type DuckDBType,
  type DuckDBValue,
  SQLNULL,
  StatementType,
  VARCHAR,
} from "@duckdb/node-api";
import { AppError } from "@/lib/errors";
import { toCell, toColumnType } from "./duckdb-cells";
import { type DuckDbLimits, limitSettings } from "./duckdb-limits";
import { writeParquet } from "./duckdb-parquet";
import type { Cell, QueryOptions, QueryResult, Warehouse } from "./port";
import { queryError } from "./query-error";
import { quoteText } from "./quote";
import { takeRows } from "./take-rows";

export interface DuckDbWriter {
  /** Runs one or more statements; parameters belong to the last. */
  run(sql: string, parameters?: Cell[]): Promise<void>;
  query(sql: string, parameters?: Cell[]): Promise<QueryResult>;
  /** Appends rows with a value for every column of the table, in its order; text is cast to dates, decimals … Returns how many. */
  appendRows(
    table: string,
    rows: Iterable<readonly Cell[]> | AsyncIterable<readonly Cell[]>,
  ): Promise<number>;
  /**
   * Work on a connection of its own, beside whatever else runs on this writer.
   * @throws AppError QUERY_CANCELLED once the signal is given
   */
  isolated<T>(
    work: (connection: Pick<DuckDbWriter, "run" | "query">) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T>;
  /** Writes everything to the file. Again: nothing. */
  close(): Promise<void>;
}

interface OpenFile {
  instance: DuckDBInstance;
  directories: string[];
  spill: string;
}

/** Counted before the file is open, so that nobody closes it under one who waits. */
interface SharedFile {
  opening: Promise<OpenFile>;
  users: number;
}

/**
 * The engine's locks are the process's: closing a second instance of a file would drop the first one's. So there is one
 * instance per file, on `globalThis` because a bundler may load this module twice.
 */
const globals = globalThis as typeof globalThis & {
  duckDbFiles?: { reading: Map<string, SharedFile>; writing: Set<string> };
};
globals.duckDbFiles ??= { reading: new Map(), writing: new Set() };
const { reading, writing } = globals.duckDbFiles;

/** The SDK prints zoned timestamps in the machine's zone, whatever the session's is. */
DuckDBTimestampTZValue.timezoneOffsetInMinutes = 0;

/**
 * Opens a finished `.duckdb` file for reading; any number of processes may. Its SQL reaches no file outside
 * `writableDirectories`, loads no extension and changes no setting. Without a file there are no tables: for SQL over those
 * directories, or over its parameters alone.
 * @throws AppError MART_DAMAGED where the file is missing or unreadable
 */
export async function openDuckDbWarehouse(
  options: { path: string | null; writableDirectories: string[] } & DuckDbLimits,
): Promise<Warehouse> {
  const directories = options.writableDirectories.map((directory) => path.resolve(directory)).sort();
  const { instance, release } = await acquire(options.path, directories, options);
  const runner =
    (kinds: readonly StatementType[]) =>
    (sql: string, { signal, parameters = [], maximumBytes }: QueryOptions = {}) =>
      onConnection(instance, signal, (connection) =>
        runOne(connection, sql, parameters, { kinds, maximumBytes }),
      );
  const query = runner([StatementType.SELECT, StatementType.EXPLAIN]);
  const copy = runner([StatementType.COPY]);
  let closed = false;
  const warehouse: Warehouse = {
    dialect: "duckdb",
    version: async () => String((await query("SELECT version()")).rows[0]?.[0]),
    forRun: () => warehouse,
    query,
    queryFiles: query,
    writeParquet: (sql, target, writeOptions) =>
      writeParquet({ copy, query }, sql, path.resolve(target), writeOptions),
    close: async () => {
      if (closed) return;
      closed = true;
      await release();
    },
  };
  return warehouse;
}

/**
 * Opens or creates a `.duckdb` file to build a mart in; CSV and Parquet files can be read by path. One writer per file.
 * @throws AppError MART_DAMAGED where the file cannot be opened for writing
 */
export async function openDuckDbWriter(file: string, limits: DuckDbLimits = {}): Promise<DuckDbWriter> {
  const key = path.resolve(file);
  if (writing.has(key)) throw new AppError("MART_DAMAGED", "The mart's file is already being written.");
  writing.add(key);
  try {
    const instance = await DuckDBInstance.create(key, limitSettings(limits));
    const connection = await instance.connect();
    await connection.run("SET GLOBAL TimeZone = 'UTC'");
    return writerOn(instance, connection, () => writing.delete(key));
  } catch (cause) {
    writing.delete(key);
    throw new AppError("MART_DAMAGED", "The mart's file could not be opened for writing.", { cause });
  }
}

function writerOn(instance: DuckDBInstance, connection: DuckDBConnection, closed: () => void): DuckDbWriter {
  const guarded = async <T>(work: () => Promise<T>) => {
    try {
      return await work();
    } catch (thrown) {
      throw queryError(thrown);
    }
  };
  const on = (own: DuckDBConnection): Pick<DuckDbWriter, "run" | "query"> => ({
    run: (sql, parameters) =>
      guarded(async () => {
        if (!parameters || parameters.length === 0) await own.run(sql);
        else await own.run(sql, ...bindable(parameters));
      }),
    query: (sql, parameters) => guarded(() => runOne(own, sql, parameters ?? [])),
  });
  let isClosed = false;
  return {
    ...on(connection),
    isolated: (work, signal) => onConnection(instance, signal, (own) => work(on(own))),
    appendRows: (table, rows) => guarded(() => append(connection, table, rows)),
    close: () =>
      guarded(async () => {
        if (isClosed) return;
        isClosed = true;
        try {
          await connection.run("CHECKPOINT");
        } finally {
          connection.closeSync();
          instance.closeSync();
          closed();
        }
      }),
  };
}

async function acquire(file: string | null, directories: string[], limits: DuckDbLimits) {
  if (file === null) {
    const { instance, spill } = await openInstance(file, directories, limits);
    return { instance, release: () => closeInstance(instance, spill) };
  }
  const damaged = (cause: unknown) =>
    new AppError("MART_DAMAGED", undefined, { details: { file: path.basename(file) }, cause });
  if (writing.has(path.resolve(file))) throw damaged(new Error("being written by this process"));
  const status = await stat(file).catch((cause) => Promise.reject(damaged(cause)));
  // By inode: a mart built again under the same name is another file.
  const key = `${status.dev}:${status.ino}`;
  const shared = reading.get(key) ?? { opening: openInstance(file, directories, limits), users: 0 };
  reading.set(key, shared);
  shared.users++;
  try {
    const opened = await shared.opening;
    if (directories.some((directory) => !opened.directories.includes(directory))) {
      throw new AppError(
        "INTERNAL",
        "The mart is open in this process with other writable directories. Close it first.",
      );
    }
    return { instance: opened.instance, release: () => release(key, shared) };
  } catch (cause) {
    await release(key, shared);
    throw cause instanceof AppError ? cause : damaged(cause);
  }
}

async function openInstance(
  file: string | null,
  directories: string[],
  limits: DuckDbLimits,
): Promise<OpenFile> {
  const instance = await DuckDBInstance.create(file ?? ":memory:", {
    ...(file ? { access_mode: "READ_ONLY" } : {}),
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    ...limitSettings(limits),
  });
  // The default, beside the file, would be shared with other processes that read it.
  const spill = path.join(directories[0] ?? os.tmpdir(), `.spill-${randomUUID()}`);
  try {
    const connection = await instance.connect();
    for (const setting of [
      "TimeZone = 'UTC'",
      `temp_directory = ${quoteText(limits.spill === false ? "" : spill)}`,
      `allowed_directories = [${directories.map(quoteText).join(", ")}]`,
      "enable_external_access = false",
      "lock_configuration = true",
    ]) {
      await connection.run(`SET GLOBAL ${setting}`);
    }
    connection.closeSync();
  } catch (thrown) {
    instance.closeSync();
    throw thrown;
  }
  return { instance, directories, spill };
}

async function release(key: string, shared: SharedFile) {
  shared.users--;
  if (shared.users > 0) return;
  reading.delete(key);
  const file = await shared.opening.catch(() => null);
  if (file) await closeInstance(file.instance, file.spill);
}

async function closeInstance(instance: DuckDBInstance, spill: string) {
  instance.closeSync();
  await rm(spill, { recursive: true, force: true });
}

/** Some functions do not look for interrupts; a person who stopped waits no longer than this. */
const stopWithinMilliseconds = 3000;

/** Each query has its own connection, so that stopping one stops no other. */
async function onConnection<T>(
  instance: DuckDBInstance,
  signal: AbortSignal | undefined,
  work: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  if (signal?.aborted) throw new AppError("QUERY_CANCELLED");
  const connection = await instance.connect().catch((thrown) => Promise.reject(queryError(thrown)));
  const timers: NodeJS.Timeout[] = [];
  let stop = () => {};
  const stopped = new Promise<never>((_, reject) => {
    stop = () => {
      connection.interrupt();
      // Again and again: an interrupt that arrives before the engine has begun is lost.
      timers.push(setInterval(() => connection.interrupt(), 20));
      timers.push(setTimeout(() => reject(new AppError("QUERY_CANCELLED")), stopWithinMilliseconds));
    };
  });
  signal?.addEventListener("abort", stop, { once: true });
  if (signal?.aborted) stop();
  const running = work(connection).finally(() => {
    for (const timer of timers) clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
    connection.closeSync();
  });
  try {
    return await Promise.race([running, stopped]);
  } catch (thrown) {
    if (signal?.aborted) throw new AppError("QUERY_CANCELLED", undefined, { cause: thrown });
    throw queryError(thrown);
  }
}

async function runOne(
  connection: DuckDBConnection,
  sql: string,
  parameters: Cell[],
  { kinds, maximumBytes }: { kinds?: readonly StatementType[]; maximumBytes?: number } = {},
): Promise<QueryResult> {
  const statements = await connection.extractStatements(sql);
  if (statements.count !== 1) throw new Error("Input Error: exactly one statement is expected");
  const prepared = await statements.prepare(0);
  try {
    if (kinds && !kinds.includes(prepared.statementType)) {
      throw new Error("Input Error: this kind of statement may not run here");
    }
    if (parameters.length > 0) prepared.bind(...bindable(parameters));
    const result = await (maximumBytes ? prepared.stream() : prepared.run());
    const types = result.columnTypes();
    const columns = result
      .columnNames()
      .map((name, index) => ({ name, type: toColumnType(String(types[index])) }));
    if (maximumBytes) return { columns, ...(await takeRows(rowsOf(result), maximumBytes)) };
    return { columns, rows: (await result.getRows()).map((row) => row.map(toCell)) };
  } finally {
    prepared.destroySync();
  }
}

async function* rowsOf(result: DuckDBResult): AsyncGenerator<Cell[]> {
  for await (const rows of result.yieldRows()) for (const row of rows) yield row.map(toCell);
}

async function append(
  connection: DuckDBConnection,
  table: string,
  rows: Iterable<readonly Cell[]> | AsyncIterable<readonly Cell[]>,
): Promise<number> {
  const appender = await connection.createAppender(table);
  let count = 0;
  try {
    for await (const row of rows) {
      if (row.length !== appender.columnCount) {
        throw new Error(`Input Error: row ${count} has ${row.length} values, not ${appender.columnCount}`);
      }
      for (const value of row) {
        if (value === null) appender.appendNull();
        else if (typeof value === "string") appender.appendVarchar(value);
        else if (typeof value === "boolean") appender.appendBoolean(value);
        else if (Number.isSafeInteger(value)) appender.appendBigInt(BigInt(value));
        else appender.appendDouble(value);
      }
      appender.endRow();
      count++;
    }
    appender.flushSync();
    return count;
  } catch (thrown) {
    // Otherwise closing would flush the rows before the bad one.
    appender.clear();
    throw thrown;
  } finally {
    appender.closeSync();
  }
}

/** Values and their types, because the SDK takes every whole number for an integer, also those beyond a BIGINT. */
function bindable(parameters: Cell[]): [DuckDBValue[], DuckDBType[]] {
  const bound = parameters.map((value): [DuckDBValue, DuckDBType] => {
    if (value === null) return [value, SQLNULL];
    if (typeof value === "string") return [value, VARCHAR];
    if (typeof value === "boolean") return [value, BOOLEAN];
    return Number.isSafeInteger(value) ? [BigInt(value), BIGINT] : [value, DOUBLE];
  });
  return [bound.map(([value]) => value), bound.map(([, type]) => type)];
}
