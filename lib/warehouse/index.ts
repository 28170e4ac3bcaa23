export {
  type DuckDbLimits,
  type DuckDbWriter,
  openDuckDbWarehouse,
  openDuckDbWriter,
} from "./duckdb";
export type {
  Cell,
  Dialect,
  ParquetFile,
  QueryOptions,
  QueryResult,
  Warehouse,
} from "./port";
export { quoteName, quoteText } from "./quote";
