import { AppError } from "@/lib/errors";
import type { ObjectStore } from "@/lib/objects";
import type { SnowflakeSettings } from "@/lib/settings/warehouse";
import { openDuckDbWarehouse } from "../duckdb";
import type { QueryOptions, QueryResult, RunContext, Warehouse } from "../port";
import type { SnowflakeConnection } from "./connection";
import { connectSnowflake } from "./driver";
import { defaultPatience, type Patience } from "./limits";
import { createPool } from "./pool";
import { runStatement } from "./run-statement";
import { unloadParquet } from "./unload";

/**
 * A mart's tables in `schema` of the settings' database. It connects with the first statement, and keeps up to the pool's
 * number of sessions. Parquet files pass through the object store's bucket into `scratchDirectory`.
 */
export async function openSnowflakeWarehouse(options: {
  settings: SnowflakeSettings;
  schema: string;
  objects: ObjectStore;
  scratchDirectory: string;
  patience?: Partial<Patience>;
}): Promise<Warehouse> {
  const { settings, schema, objects, scratchDirectory } = options;
  const patience = { ...defaultPatience, ...options.patience };
  const files = await openDuckDbWarehouse({ path: null, writableDirectories: [scratchDirectory] });
  // A second lock behind every check of ours: what reads a mart signs in as a role that can change nothing.
  const reader = { ...settings, role: settings.readRole ?? settings.role };
  const pool = createPool(settings.pool, () => connectSnowflake(reader, schema, patience));
  const on = (context?: RunContext): Warehouse => {
    const run = (sql: string, statement: QueryOptions & { anew?: boolean } = {}) =>
      runStatement(pool, sql, { ...statement, context }, patience);
    const query = async (sql: string, queryOptions?: QueryOptions): Promise<QueryResult> => {
      refuseChanges(sql);
      const { declared: _, ...result } = await run(sql, queryOptions);
      return result;
    };
    return {
      dialect: "snowflake",
      version: async () => String((await query("SELECT CURRENT_VERSION()")).rows[0]?.[0]),
      forRun: on,
      query,
      queryFiles: files.queryFiles,
      writeParquet: async (sql, target, writeOptions = {}) => {
        refuseChanges(sql);
        return unloadParquet(
          { settings, objects, scratchDirectory, files, run },
          sql,
          target,
          writeOptions,
          context,
        );
      },
      close: async () => {
        await Promise.all([pool.close(), files.close()]);
      },
    };
  };
  return on();
}

export interface SnowflakeSession {
  /**
   * One statement of any kind, which takes effect by itself: a session may be replaced between two of them.
   * @throws AppError QUERY_FAILED, QUERY_CANCELLED, WAREHOUSE_UNAVAILABLE, WAREHOUSE_DENIED, RESULT_INCOMPLETE
   */
  query(sql: string, options?: QueryOptions): Promise<QueryResult>;
  close(): Promise<void>;
}

/**
 * For publishing: one statement at a time, or as many as there are connections. Names are best written in full, since `schema`
 * (the settings' own where left out) may not exist yet.
 * @throws AppError WAREHOUSE_DENIED naming the setting to correct, WAREHOUSE_UNAVAILABLE
 */
export async function openSnowflakeSession(
  settings: SnowflakeSettings,
  options: { schema?: string; connections?: number; patience?: Partial<Patience> } = {},
): Promise<SnowflakeSession> {
  const patience = { ...defaultPatience, ...options.patience };
  const schema = options.schema ?? settings.schema;
  const pool = createPool<SnowflakeConnection>(options.connections ?? 1, () =>
    connectSnowflake(settings, schema, patience),
  );
  await pool.use(async () => {});
  return {
    query: async (sql, queryOptions = {}) => {
      const { columns, rows } = await runStatement(pool, sql, queryOptions, patience);
      return { columns, rows };
    },
    close: () => pool.close(),
  };
}

/** A slip is caught here; what a person typed has passed the guard, and the role's grants hold in any case. */
function refuseChanges(sql: string): void {
  const words = sql.replace(/^(\s|--[^\n]*(\n|$)|\/\*[\s\S]*?\*\/|\()+/, "");
  if (/^(select|with|explain|show|describe|desc|values)\b/i.test(words)) return;
  throw new AppError("QUERY_FAILED", undefined, {
    details: { kind: "this kind of statement may not run here" },
  });
}
