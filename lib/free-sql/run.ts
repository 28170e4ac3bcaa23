import type { Config } from "@/lib/config";
import type { Mart } from "@/lib/mart";
import { type AllowedTable, guardSql, limitRows } from "@/lib/sql/guard";
import type { Cell, QueryResult, RunContext } from "@/lib/warehouse";
import { EngineError, runInProcess } from "./engine-process";
import { explainEngineError } from "./explain";

export interface FreeSqlResult {
  /** As it ran, with its limit. */
  sql: string;
  columns: QueryResult["columns"];
  rows: Cell[][];
  /** Is there more than `rows`? */
  truncated: boolean;
  rowLimit: number;
  seconds: number;
  /** Of the rows, as JSON. */
  bytes: number;
}

/** What a browser and a person take at once. */
const maximumBytes = 8_000_000;

/**
 * Runs one SELECT that a person typed or a model wrote over the mart's tables, within its limits; whoever may read the mart
 * may read all its columns here, those with personal data too.
 * @throws AppError SQL_REFUSED, SQL_LIMIT, QUERY_FAILED, QUERY_CANCELLED, and what the warehouse throws
 */
export async function runFreeSql(options: {
  sql: string;
  mart: Mart;
  limits: Config["freeSql"];
  context?: RunContext;
  signal?: AbortSignal;
}): Promise<FreeSqlResult> {
  const { mart, limits, signal } = options;
  const { dialect } = mart.warehouse;
  const tables = tablesOf(mart);
  const checked = await guardSql(options.sql, { dialect, tables });
  const sql = limitRows(checked.sql, limits.rows + 1);
  const used = tables.filter(({ name }) => checked.tables.includes(name));
  const { columns, rows, truncated, seconds } = await runOn(mart, sql, limits, signal).catch((thrown) => {
    throw thrown instanceof EngineError ? explainEngineError(thrown, used) : thrown;
  });
  const kept = rows.slice(0, limits.rows);
  return {
    ...{ sql, columns, rows: kept, truncated: truncated || rows.length > kept.length },
    ...{ rowLimit: limits.rows, seconds, bytes: Buffer.byteLength(JSON.stringify(kept)) },
  };
}

/** The mart's tables with the columns that are stored. */
export function tablesOf({ registry }: Pick<Mart, "registry">): AllowedTable[] {
  return registry.tables.map(({ name }) => ({
    name,
    columns: registry.features.filter((one) => one.table === name && !one.derived).map((one) => one.name),
  }));
}

function runOn(mart: Mart, sql: string, limits: Config["freeSql"], signal?: AbortSignal) {
  if (mart.file === null) throw new Error("not yet");
  const { memory, seconds } = limits;
  return runInProcess({ file: mart.file, sql, memory, seconds, bytes: maximumBytes }, signal);
}
