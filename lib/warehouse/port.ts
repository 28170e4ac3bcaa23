import type { ColumnType } from "@/lib/registry/types";

export type Dialect = "duckdb" | "snowflake";

export type Cell = string | number | boolean | null;

export interface QueryResult {
  columns: { name: string; type: ColumnType }[];
  /** Row by row. Integers beyond 2^53 and decimals come as text; dates and timestamps as ISO 8601 text in UTC. */
  rows: Cell[][];
}

export interface QueryOptions {
  signal?: AbortSignal;
  /** Bound to `?` placeholders in order. */
  parameters?: Cell[];
}

export interface ParquetFile {
  path: string;
  rows: number;
  bytes: number;
  /** From the file's own footer. */
  columns: { name: string; type: ColumnType; nullCount: number }[];
  metadata: Record<string, string>;
}

/**
 * One mart at one stamp, open for reading. Nothing can be changed through it but Parquet files, which the engine itself
 * writes: no matrix row passes through JavaScript.
 */
export interface Warehouse {
  readonly dialect: Dialect;
  /** @throws AppError QUERY_FAILED, QUERY_CANCELLED */
  query(sql: string, options?: QueryOptions): Promise<QueryResult>;
  /**
   * Writes the rows of `sql` to `path` as Parquet (zstd) and reads the footer back.
   * @throws AppError QUERY_FAILED, QUERY_CANCELLED; then no file is left at `path`
   */
  writeParquet(
    sql: string,
    path: string,
    options?: QueryOptions & { metadata?: Record<string, string> },
  ): Promise<ParquetFile>;
  close(): Promise<void>;
}
