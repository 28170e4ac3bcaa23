import { z } from "zod";
import type { Chart } from "@/lib/charts";
import type { EnrichmentGroup } from "@/lib/engineer";
import type { Question } from "@/lib/planner/question";
import type { QualityReport } from "@/lib/quality/report";
import type { RankedTable } from "@/lib/registry/search-port";
import type { ColumnType } from "@/lib/registry/types";

/**
 * The typed parts of a message: what the graph says and the browser shows, one card per kind. A part is sent again under
 * the same id when it changes; the last one stands. Every part is plain JSON and safe to show to the conversation's owner.
 */
export type MessageParts = {
  progress: ProgressPart;
  plan: PlanPart;
  tables: TablesPart;
  sql: SqlPart;
  result: ResultPart;
  query: QueryPart;
  check: CheckPart;
  approval: ApprovalPart;
  export: ExportPart;
  notice: NoticePart;
  decision: DecisionPart;
  choice: TableChoicePart;
};

/** What a room is doing now; `done` when it is over. One per step, shown as a line with a spinner or a tick. */
export interface ProgressPart {
  step: "orchestrate" | "recommend" | "fetch" | "engineer" | "export";
  label: string;
  state: "running" | "done" | "failed";
  /** Who is waited for, while it runs: `Snowflake is running it`. */
  detail?: string;
  /** Milliseconds, when done. */
  milliseconds?: number;
}

/** The sub-tasks that the request was split into. */
export interface PlanPart {
  planner: string;
  subTasks: { agent: "table recommender" | "data fetcher" | "feature engineer"; title: string }[];
}

export interface TablesPart {
  /** How the search was done, in words. */
  searchedBy: string;
  entity: string;
  /** The rows' filters, their values found in the data: `CITIES.CITY_NAME`, `in`, Mumbai and Pune. */
  filters: { column: string; operator: string; values: string[] }[];
  tables: {
    table: string;
    description: string;
    phrase: string;
    score: number;
    why: RankedTable["why"];
    matchingFeatures: number;
    /** Features that would enter the matrix. */
    chosenFeatures: number;
    grain: string[];
    joinKeys: string[];
    cardinality: string;
    chosen: boolean;
    suggestedFilters: { column: string; values: string[]; applied: boolean }[];
  }[];
}

export interface SqlPart {
  title: string;
  dialect: "duckdb" | "snowflake";
  sql: string;
  /** SHA-256 of the text. */
  hash: string;
  /** The same plan in the other dialect. */
  other: { dialect: "duckdb" | "snowflake"; sql: string };
}

export interface ResultPart {
  /** Of the stored preview: GET /api/results/{id} gives {@link ResultPreview}. */
  resultId: string;
  title: string;
  stamp: string;
  /** The matrix's columns that say which row it is: keys, then the time. */
  keys: string[];
  report: QualityReport;
}

export interface ResultPreview {
  columns: { name: string; type: ColumnType }[];
  /** At most 50. */
  rows: (string | number | boolean | null)[][];
}

/** One statement of SQL and what came of it: sent when it is written, again when it has run. */
export interface QueryPart {
  title: string;
  /** `offline`: compiled from the words by rules. */
  writtenBy: "person" | "model" | "offline";
  /** How a question was read, where rules read it. */
  reading: string | null;
  dialect: "duckdb" | "snowflake";
  /** As it runs, or ran. */
  sql: string;
  state: "running" | "done" | "failed";
  result: QueryRows | null;
}

export interface QueryRows {
  columns: { name: string; type: ColumnType }[];
  /** The first of `rowCount`, as many as fit in a message. */
  rows: (string | number | boolean | null)[][];
  rowCount: number;
  /** There were more rows than the limit of rows or of bytes lets through, and they were not read. */
  truncated: boolean;
  seconds: number;
  chart: Chart | null;
  /** Where all `rowCount` rows are, when `rows` are not all: GET /api/conversations/{id}/queries/{name}. */
  stored: { conversationId: string; name: string } | null;
}

/** The feature engineer's check of a set. */
export interface CheckPart {
  findings: { level: "ok" | "note" | "warning"; text: string }[];
}

/** A question put to the person. What runs is the stored payload; the browser sends back the id and the decision only. */
export interface ApprovalPart {
  approvalId: string;
  kind: "clarify" | "enrich" | "export";
  title: string;
  status: "pending" | "approved" | "rejected" | "superseded";
  decidedBy?: string;
  questions: Question[];
  groups: EnrichmentGroup[];
  /** For export: what would be written. */
  exportOf: {
    rows: number;
    columns: number;
    stamp: string;
    destination: string;
    sqlHash: string;
  } | null;
}

export interface ExportPart {
  exportId: string;
  stamp: string;
  rows: number;
  columns: number;
  destination: string;
  contentHash: string;
  files: {
    kind: "matrix" | "dictionary" | "manifest";
    name: string;
    bytes: number;
    sha256: string;
    href: string;
  }[];
  snippets: { tool: "pandas" | "polars" | "duckdb"; code: string }[];
}

export interface NoticePart {
  level: "info" | "warning" | "error";
  text: string;
  /** For errors: one of the closed set of codes. */
  code?: string;
}

/** The person's side: an approval decided. */
export const decisionSchema = z.object({
  approvalId: z.string().min(1).max(64),
  decision: z.enum(["approve", "reject"]),
  /** Question id → choice id. */
  answers: z.record(z.string().max(200), z.string().max(200)).default({}),
  /** Ids of the enrichment groups to take. */
  groups: z.array(z.string().max(64)).max(100).default([]),
  /** Words sent with it. */
  feedback: z.string().max(20_000).optional(),
});
export type DecisionPart = z.infer<typeof decisionSchema>;

/** The person's side: tables taken in or out on the card of ranked tables. */
export const tableChoiceSchema = z.object({
  include: z.array(z.string().max(200)).max(100),
  exclude: z.array(z.string().max(200)).max(100),
});
export type TableChoicePart = z.infer<typeof tableChoiceSchema>;
