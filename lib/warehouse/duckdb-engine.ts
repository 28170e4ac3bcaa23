import { setImmediate } from "node:timers/promises";
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
import type { Cell, QueryResult } from "./port";
import { queryError } from "./query-error";
import { takeRows } from "./take-rows";

export type Engine = DuckDBInstance;
export type EngineConnection = DuckDBConnection;

/** The SDK prints zoned timestamps in the machine's zone, whatever the session's is. */
DuckDBTimestampTZValue.timezoneOffsetInMinutes = 0;

/** An engine over this file, or over none. One per file and process: see `duckdb-files.ts`. */
export function startEngine(file: string | null, settings: Record<string, string>): Promise<Engine> {
  return DuckDBInstance.create(file ?? ":memory:", settings);
}

/** The kinds of statements that a connection may be held to. */
export const kinds = {
  reading: [StatementType.SELECT, StatementType.EXPLAIN],
  copying: [StatementType.COPY],
} as const;

/** Some functions do not look for interrupts; a person who stopped waits no longer than this. */
const stopWithinMilliseconds = 3000;

/**
 * Work on a connection of its own, so that stopping it stops no other.
 * @throws AppError QUERY_CANCELLED once the signal is given, QUERY_FAILED
 */
export async function onConnection<T>(
  engine: Engine,
  signal: AbortSignal | undefined,
  work: (connection: EngineConnection) => Promise<T>,
): Promise<T> {
  if (signal?.aborted) throw new AppError("QUERY_CANCELLED");
  const connection = await engine.connect().catch((thrown) => Promise.reject(queryError(thrown)));
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

/** Runs one statement, of these kinds alone where they are given, and reads its rows, up to so many bytes of them. */
export async function runOne(
  connection: EngineConnection,
  sql: string,
  parameters: Cell[],
  options: { kinds?: readonly StatementType[]; maximumBytes?: number } = {},
): Promise<QueryResult> {
  const { kinds: allowed, maximumBytes } = options;
  const statements = await connection.extractStatements(sql);
  if (statements.count !== 1) throw new Error("Input Error: exactly one statement is expected");
  const prepared = await statements.prepare(0);
  try {
    if (allowed && !allowed.includes(prepared.statementType)) {
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

const rowsPerTurn = 10_000;

/** Runs one or more statements; parameters belong to the last. */
export async function runAll(
  connection: EngineConnection,
  sql: string,
  parameters: Cell[] = [],
): Promise<void> {
  if (parameters.length === 0) await connection.run(sql);
  else await connection.run(sql, ...bindable(parameters));
}

/** Appends rows with a value for every column of the table, in its order; others have their turn in between. Returns how many. */
export async function append(
  connection: EngineConnection,
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
      // Rows that are at hand come without a pause, and nothing else would be heard until the last: no signal, no timer.
      if (count % rowsPerTurn === 0) await setImmediate();
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

async function* rowsOf(result: DuckDBResult): AsyncGenerator<Cell[]> {
  for await (const rows of result.yieldRows()) for (const row of rows) yield row.map(toCell);
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
