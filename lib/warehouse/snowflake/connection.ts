import type { Cell, QueryProgress, QueryResult } from "../port";
import type { DeclaredColumn } from "./cells";

export interface Statement {
  sql: string;
  parameters: Cell[];
  /** Told to the service with the statement; it shows it in its query history. */
  tag: string;
  /** The same again for the same statement, so that the service does not run it twice when an answer is lost. */
  requestId: string;
}

export interface StatementResult extends QueryResult {
  declared: DeclaredColumn[];
}

export type QueryState = QueryProgress["state"] | "succeeded" | "failed" | "unknown";

/** One session of the service. Every method throws AppErrors, SessionLost and ResultGone, each within its patience. */
export interface SnowflakeConnection {
  /** Hands the statement over; the query's id, while it runs on. */
  submit(statement: Statement): Promise<string>;
  stateOf(queryId: string): Promise<QueryState>;
  /** Every row of a finished query up to so many bytes, or its failure; never some of the rows. */
  resultOf(queryId: string, maximumBytes?: number): Promise<StatementResult>;
  /** Has the service end a query, and waits until it is over. */
  cancel(queryId: string): Promise<void>;
  /** Whether it may be used again. */
  isUsable(): boolean;
  /** Never to be used again, and closed once the promise has settled. */
  retire(after: Promise<unknown>): void;
  close(): Promise<void>;
}
