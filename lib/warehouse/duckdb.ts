import path from "node:path";
import { kinds, onConnection, runOne } from "./duckdb-engine";
import { acquireForReading } from "./duckdb-files";
import type { DuckDbLimits } from "./duckdb-limits";
import { writeParquet } from "./duckdb-parquet";
import type { QueryOptions, Warehouse } from "./port";

/**
 * Opens a finished `.duckdb` file for reading; any number of processes may. Its SQL reaches no file outside
 * `writableDirectories`, loads no extension and changes no setting. Without a file there are no tables: for SQL over those
 * directories, or over its parameters alone. `attached` are further files, each by the name of its database, within the same
 * limits; no other engine of this process may have them open.
 * @throws AppError MART_DAMAGED where the file is missing or unreadable
 */
export async function openDuckDbWarehouse(
  options: {
    path: string | null;
    writableDirectories: string[];
    attached?: Record<string, string>;
  } & DuckDbLimits,
): Promise<Warehouse> {
  const directories = options.writableDirectories.map((directory) => path.resolve(directory)).sort();
  const { engine, release } = await acquireForReading(
    { file: options.path, directories, attached: options.attached ?? {} },
    options,
  );
  const runner =
    (of: keyof typeof kinds) =>
    (sql: string, { signal, parameters = [], maximumBytes }: QueryOptions = {}) =>
      onConnection(engine, signal, (connection) =>
        runOne(connection, sql, parameters, { kinds: kinds[of], maximumBytes }),
      );
  const [query, copy] = [runner("reading"), runner("copying")];
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
