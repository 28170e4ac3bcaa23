import { append, type EngineConnection, onConnection, runAll, runOne } from "./duckdb-engine";
import { acquireForWriting } from "./duckdb-files";
import type { DuckDbLimits } from "./duckdb-limits";
import type { Cell, QueryResult } from "./port";
import { queryError } from "./query-error";

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

/**
 * Opens or creates a `.duckdb` file to build a mart in; CSV and Parquet files can be read by path. One writer per file.
 * @throws AppError MART_DAMAGED where the file cannot be opened for writing
 */
export async function openDuckDbWriter(file: string, limits: DuckDbLimits = {}): Promise<DuckDbWriter> {
  const { engine, connection, release } = await acquireForWriting(file, limits);
  let isClosed = false;
  return {
    ...on(connection),
    isolated: (work, signal) => onConnection(engine, signal, (own) => work(on(own))),
    appendRows: (table, rows) => guarded(() => append(connection, table, rows)),
    close: () =>
      guarded(async () => {
        if (isClosed) return;
        isClosed = true;
        try {
          await connection.run("CHECKPOINT");
        } finally {
          connection.closeSync();
          engine.closeSync();
          release();
        }
      }),
  };
}

function on(connection: EngineConnection): Pick<DuckDbWriter, "run" | "query"> {
  return {
    run: (sql, parameters) => guarded(() => runAll(connection, sql, parameters)),
    query: (sql, parameters = []) => guarded(() => runOne(connection, sql, parameters)),
  };
}

async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw queryError(thrown);
  }
}
