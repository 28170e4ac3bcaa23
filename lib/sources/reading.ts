import type { ObjectStore } from "@/lib/objects";
import type { SourceTable } from "@/lib/pipeline/source-table";
import type { DuckDbWriter } from "@/lib/warehouse";
import type { Landing } from "./landing";

/** What a reader is given: one source's tables of one protocol, and where to put what it finds. */
export interface Reading {
  mart: string;
  source: string;
  address: string;
  tables: SourceTable[];
  /** Changes from `start` (inclusive) to `end` (exclusive), ISO 8601 in UTC. */
  start: string;
  end: string;
  landing: Landing;
  /** For a reader that keeps rows in an engine of its own: lands what the SQL gives instead of the landing's file. */
  land(table: SourceTable, writer: DuckDbWriter, rowsSql: string): Promise<void>;
  /** An empty folder of this reading's own, removed afterwards. */
  scratch: string;
  /** A folder that outlives the run, for what need not be read twice. */
  cacheDirectory: string;
  /** Keeps answers that cost something. */
  answers: ObjectStore;
  /** The keys of another source's table, once that has landed. */
  keysOf(table: string): Promise<string[]>;
  signal: AbortSignal;
  log(text: string): void;
}

/** Each record that was seen lies in the landing as a row or as set aside; `others` are of tables that the mart does not read. */
export interface ReadingResult {
  seen: number;
  others: number;
}

export type Reader = (reading: Reading) => Promise<ReadingResult>;
