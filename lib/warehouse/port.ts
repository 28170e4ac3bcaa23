import type { ColumnType } from "@/lib/registry/types";

export type Dialect = "duckdb" | "snowflake";

export type Cell = string | number | boolean | null;

export interface QueryResult {
  columns: { name: string; type: ColumnType }[];
  /** Row by row. Integers beyond 2^53 and decimals come as text; dates and timestamps as ISO 8601 text in UTC. */
  rows: Cell[][];
  /** Were the last rows left out, because of {@link QueryOptions.maximumBytes}? */
  truncated?: true;
}

export interface QueryOptions {
  signal?: AbortSignal;
  /** Of the rows as JSON: reading ends before the row that would go beyond. Without it every row is read. */
  maximumBytes?: number;
  /** Bound to `?` placeholders in order. */
  parameters?: Cell[];
}

export interface ParquetOptions extends QueryOptions {
  metadata?: Record<string, string>;
  constants?: Record<string, string>;
  /** A whole number among the columns of `sql` that rises from row to row: the file is held to its order, and does not have it. */
  rowNumber?: string;
}

export interface ParquetFile {
  path: string;
  rows: number;
  bytes: number;
  /** From the file's own footer. */
  columns: { name: string; type: ColumnType; nullCount: number }[];
  metadata: Record<string, string>;
}

/** On whose behalf statements run: told to the warehouse with every one of them, and used to find them again. */
export interface RunContext {
  user: string;
  conversation: string;
  run: string;
  approval?: string;
  /** Remembers which statement became which query; without it a restart begins anew. */
  journal?: QueryJournal;
  /** Hears now and then of a statement that takes long. */
  onProgress?: (progress: QueryProgress) => void;
}

/** Where the id of a query is kept from the moment the warehouse has it, so that a restart waits for it instead of asking again. */
export interface QueryJournal {
  /** The query of this statement (a hash of it) in this run; null where none was begun. */
  find(statement: string): Promise<string | null>;
  record(statement: string, queryId: string): Promise<void>;
}

export interface QueryProgress {
  queryId: string;
  state: "queued" | "resuming warehouse" | "running";
  seconds: number;
}

/**
 * One mart at one stamp, open for reading. Nothing can be changed through it but Parquet files, which an engine writes: no
 * matrix row passes through JavaScript.
 */
export interface Warehouse {
  readonly dialect: Dialect;
  /** For instance `1.5.6`, or that of the service. */
  version(): Promise<string>;
  /** The same mart, with its statements told to be this run's. Where nobody asks, it is the warehouse itself. */
  forRun(context: RunContext): Warehouse;
  /**
   * SQL in the embedded engine's dialect over Parquet files in the scratch directory, whatever the warehouse: reads back what
   * {@link Warehouse.writeParquet} wrote.
   * @throws AppError QUERY_FAILED, QUERY_CANCELLED
   */
  queryFiles(sql: string, options?: QueryOptions): Promise<QueryResult>;
  /** @throws AppError QUERY_FAILED, QUERY_CANCELLED, WAREHOUSE_UNAVAILABLE, WAREHOUSE_DENIED, RESULT_INCOMPLETE */
  query(sql: string, options?: QueryOptions): Promise<QueryResult>;
  /**
   * Writes the rows of `sql` to `path` as Parquet (zstd), in the order of its own ORDER BY, and reads the footer back. Whether a
   * service keeps that order on the way is its own affair; where it counts, `rowNumber` restores it.
   * `constants` are text columns of one value each, after those of `sql`: an order within a FROM clause is none to a service.
   * @throws AppError what {@link Warehouse.query} throws, OBJECT_STORE_UNAVAILABLE; then no file is left at `path`
   */
  writeParquet(sql: string, path: string, options?: ParquetOptions): Promise<ParquetFile>;
  close(): Promise<void>;
}
