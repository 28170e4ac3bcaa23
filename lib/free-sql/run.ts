import type { Config } from "@/lib/config";
import { AppError } from "@/lib/errors";
import { count } from "@/lib/figures";
import type { Mart } from "@/lib/mart";
import { type AllowedTable, guardSql } from "@/lib/sql/guard";
import type { Cell, QueryResult, RunContext } from "@/lib/warehouse";
import { EngineError, runInProcess } from "./engine-process";
import { explainFailure } from "./explain";
import { inSlot, type WaitsFor } from "./slots";
import { runOnService } from "./snowflake";

export interface FreeSqlResult {
  /** As it ran, with its limit. */
  sql: string;
  columns: QueryResult["columns"];
  rows: Cell[][];
  /** Is there more than `rows`? */
  truncated: boolean;
  seconds: number;
}

/** In this process: each of the embedded engine may take its memory and a processor. A service has a pool of its own. */
const mostEmbedded = 4;

/** What a browser and a person take at once. */
const maximumBytes = 8_000_000;
const maximumColumns = 5_000;

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
  /** Hears of a statement that waits for others to end, this person's or everybody's; with null, that it waits no longer. */
  onWait?: (why: WaitsFor | null) => void;
}): Promise<FreeSqlResult> {
  const { mart, limits } = options;
  const { dialect } = mart.warehouse;
  const tables = tablesOf(mart);
  // One more than are shown tells whether there are more.
  const { sql, tables: used } = await guardSql(options.sql, { dialect, tables, rows: limits.rows + 1 });
  const { columns, rows, truncated, seconds } = await runOn(sql, options).catch((thrown) => {
    throw inOurWords(
      thrown,
      tables.filter(({ name }) => used.includes(name)),
    );
  });
  if (columns.length > maximumColumns) {
    throw new AppError(
      "SQL_LIMIT",
      `Its result has ${count(columns.length)} columns; at most ${count(maximumColumns)} may come here. Name those that you need.`,
      { details: { limit: "columns", value: maximumColumns } },
    );
  }
  const kept = rows.slice(0, limits.rows);
  return { sql, columns, rows: kept, truncated: truncated === true || rows.length > kept.length, seconds };
}

/** The mart's tables with the columns that are stored. */
export function tablesOf({ registry }: Pick<Mart, "registry">): AllowedTable[] {
  return registry.tables.map(({ name }) => ({
    name,
    columns: registry.features.filter((one) => one.table === name && !one.derived).map((one) => one.name),
  }));
}

function runOn(
  sql: string,
  { mart, limits, context, signal, onWait }: Omit<Parameters<typeof runFreeSql>[0], "sql">,
) {
  const { memory, seconds } = limits;
  const { file, warehouse } = mart;
  const slot = { person: context?.user ?? null, signal, onWait };
  if (file !== null) {
    return inSlot({ ...slot, most: mostEmbedded }, () =>
      runInProcess(file, { sql, memory, seconds, maximumBytes }, signal),
    );
  }
  return inSlot({ ...slot, most: Number.POSITIVE_INFINITY }, () =>
    runOnService(warehouse, sql, { seconds, maximumBytes, context, signal }),
  );
}

function inOurWords(thrown: unknown, tables: AllowedTable[]): unknown {
  if (thrown instanceof EngineError) {
    const details = { kind: thrown.kind };
    return (
      explainFailure(thrown.message, tables, thrown) ??
      new AppError("QUERY_FAILED", undefined, { details, cause: thrown })
    );
  }
  if (!(thrown instanceof AppError) || thrown.code !== "QUERY_FAILED") return thrown;
  const { cause } = thrown;
  // The service's own errors are not all of the language's class.
  const text = typeof cause === "object" && cause !== null && "message" in cause ? String(cause.message) : "";
  return explainFailure(text, tables, cause) ?? thrown;
}
