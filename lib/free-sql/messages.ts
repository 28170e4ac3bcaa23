import type { ErrorCode } from "@/lib/errors";
import type { Cell, QueryResult } from "@/lib/warehouse/port";

/** What the process that runs a statement is told: one line of JSON. */
export interface Task {
  /** The mart's file. */
  file: string;
  sql: string;
  /** What the engine may use, as in `512MB`. */
  memory: string;
  maximumBytes: number;
  /** What the statement may take: whoever asks counts them. */
  seconds: number;
}

/** What it answers, line by line: `ready`, then `columns`, rows and `end`; or `error`. */
export type Answer =
  | { type: "ready" }
  | { type: "columns"; columns: QueryResult["columns"] }
  | { type: "row"; row: Cell[] }
  | { type: "end"; truncated?: true }
  | { type: "error"; code: ErrorCode; kind: string; text: string };
