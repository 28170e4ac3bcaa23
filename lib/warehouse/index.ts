export { openDuckDbWarehouse } from "./duckdb";
export type { DuckDbLimits } from "./duckdb-limits";
export { type DuckDbWriter, openDuckDbWriter } from "./duckdb-writer";
export type {
  Cell,
  Dialect,
  ParquetFile,
  ParquetOptions,
  QueryJournal,
  QueryOptions,
  QueryProgress,
  QueryResult,
  RunContext,
  Warehouse,
} from "./port";
export { quoteName, quoteText } from "./quote";
