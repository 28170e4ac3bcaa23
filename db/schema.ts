import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  date,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import type { Plan } from "@/lib/feature-set/plan";
import type { FeatureSet } from "@/lib/feature-set/schema";
import type { StepParameters, StepReport } from "@/lib/pipeline/steps";
import { stepNames } from "@/lib/pipeline/steps";
import type { QualityReport } from "@/lib/quality/report";
import { json } from "./columns";

const id = () =>
  text("id")
    .primaryKey()
    .$defaultFn(() => crypto.randomUUID());
const time = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });
const createdAt = () => time("created_at").notNull().defaultNow();
const ofConversation = () =>
  text("conversation_id")
    .notNull()
    .references(() => conversations.id, { onDelete: "cascade" });
const ofRun = () => text("run_id").references(() => runs.id, { onDelete: "cascade" });

export const viewers = pgTable("viewers", {
  id: text("id").primaryKey(),
  name: text("name").notNull(),
  createdAt: createdAt(),
});

export const conversations = pgTable(
  "conversations",
  {
    id: id(),
    ownerId: text("owner_id")
      .notNull()
      .references(() => viewers.id, { onDelete: "cascade" }),
    title: text("title").notNull(),
    mart: text("mart").notNull(),
    createdAt: createdAt(),
    updatedAt: time("updated_at").notNull().defaultNow(),
  },
  (t) => [index("conversations_of_owner").on(t.ownerId, t.updatedAt)],
);

const runStatuses = ["running", "waiting", "finished", "failed", "cancelled"] as const;

export const runs = pgTable(
  "runs",
  {
    id: id(),
    conversationId: ofConversation(),
    status: text("status", { enum: runStatuses }).notNull().default("running"),
    /** The assistant message that this run writes. */
    messageId: text("message_id").notNull(),
    /** A token of the claim that works on it; another one takes over when the heartbeat stops. */
    claimedBy: text("claimed_by").notNull(),
    /** How many processes have worked on the message being written: all but the last died over it. */
    attempts: integer("attempts").notNull().default(1),
    heartbeatAt: time("heartbeat_at").notNull().defaultNow(),
    cancelRequested: boolean("cancel_requested").notNull().default(false),
    errorCode: text("error_code"),
    /** The number of the run's last event: counting here, under the row's lock, keeps events in order. */
    lastSequence: integer("last_sequence").notNull().default(0),
    startedAt: time("started_at").notNull().defaultNow(),
    finishedAt: time("finished_at"),
  },
  (t) => [
    uniqueIndex("one_running_run").on(t.conversationId).where(sql`status = 'running'`),
    uniqueIndex("one_waiting_run").on(t.conversationId).where(sql`status = 'waiting'`),
    index("runs_of_conversation").on(t.conversationId, t.startedAt),
  ],
);

export const messages = pgTable(
  "messages",
  {
    /** Made by the browser for a person's messages, so it is unique within its conversation only. */
    id: text("id").notNull(),
    conversationId: ofConversation(),
    runId: ofRun(),
    role: text("role", { enum: ["user", "assistant"] }).notNull(),
    parts: json<unknown[]>("parts").notNull(),
    position: integer("position").notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.conversationId, t.id] }),
    unique("one_message_per_position").on(t.conversationId, t.position),
  ],
);

export const runEvents = pgTable(
  "run_events",
  {
    runId: text("run_id")
      .notNull()
      .references(() => runs.id, { onDelete: "cascade" }),
    sequence: integer("sequence").notNull(),
    messageId: text("message_id").notNull(),
    chunk: json<unknown>("chunk").notNull(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.runId, t.sequence] })],
);

export const approvals = pgTable(
  "approvals",
  {
    id: id(),
    conversationId: ofConversation(),
    runId: ofRun().notNull(),
    kind: text("kind", { enum: ["clarify", "enrich", "export"] }).notNull(),
    payload: json<unknown>("payload").notNull(),
    payloadHash: text("payload_hash").notNull(),
    status: text("status", { enum: ["pending", "approved", "rejected", "superseded"] })
      .notNull()
      .default("pending"),
    decision: json<Record<string, unknown>>("decision"),
    decidedBy: text("decided_by").references(() => viewers.id, { onDelete: "set null" }),
    decidedAt: time("decided_at"),
    createdAt: createdAt(),
  },
  (t) => [uniqueIndex("one_pending_approval").on(t.conversationId).where(sql`status = 'pending'`)],
);

export const featureSets = pgTable(
  "feature_sets",
  {
    hash: text("hash").notNull(),
    conversationId: ofConversation(),
    body: json<FeatureSet>("body").notNull(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.conversationId, t.hash] })],
);

export const results = pgTable(
  "results",
  {
    id: id(),
    conversationId: ofConversation(),
    runId: ofRun(),
    payload: json<StoredResult>("payload").notNull(),
    createdAt: createdAt(),
  },
  (t) => [index("results_of_conversation").on(t.conversationId)],
);

/** Which statement of a run became which query of a warehouse service: after a restart the query is waited for, not begun again. */
export const warehouseQueries = pgTable(
  "warehouse_queries",
  {
    runId: ofRun().notNull(),
    /** The build of the mart that it reads. */
    martBuild: text("mart_build").notNull(),
    /** A hash of the statement. */
    statement: text("statement").notNull(),
    queryId: text("query_id").notNull(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.runId, t.martBuild, t.statement] })],
);

/** Published matrices outlive the conversation that made them: their owner is on the row. */
export const publishedExports = pgTable(
  "exports",
  {
    id: id(),
    approvalId: text("approval_id").notNull().unique(),
    conversationId: text("conversation_id").references(() => conversations.id, { onDelete: "set null" }),
    runId: text("run_id").references(() => runs.id, { onDelete: "set null" }),
    ownerId: text("owner_id")
      .notNull()
      .references(() => viewers.id, { onDelete: "cascade" }),
    mart: text("mart").notNull(),
    stamp: text("stamp").notNull(),
    /** Where its files are in the object store. */
    prefix: text("prefix").notNull(),
    manifest: json<unknown>("manifest").notNull(),
    createdAt: createdAt(),
  },
  (t) => [index("exports_of_owner").on(t.ownerId, t.createdAt)],
);

/**
 * Whose each mart made from files is, on all machines. No reference to viewers: marts of a data folder may be older than the
 * database, and a mart without an owner would be shown to nobody.
 */
export const martOwners = pgTable("mart_owners", {
  mart: text("mart").primaryKey(),
  /** A viewer's id, or `local`: everyone's. */
  ownerId: text("owner_id").notNull(),
  createdAt: createdAt(),
});

/** Tokens that language models took, with those set aside for calls under way. They were paid for, so they outlive their run. */
export const modelTokens = pgTable(
  "model_tokens",
  {
    /** In UTC. */
    day: date("day", { mode: "string" }).notNull(),
    /** Of a turn; or who else asked, as `search` and `pipeline`. */
    runId: text("run_id").notNull(),
    tokens: bigint("tokens", { mode: "number" }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.day, t.runId] }), index("model_tokens_of_run").on(t.runId)],
);

/** Checked answers of language models, by a hash of what was asked. They hold people's words, and go with the conversation. */
export const modelAnswers = pgTable(
  "model_answers",
  {
    key: text("key").notNull(),
    conversationId: ofConversation(),
    answer: text("answer").notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.key, t.conversationId] }),
    index("model_answers_by_age").on(t.createdAt),
    index("model_answers_of_conversation").on(t.conversationId),
  ],
);

export const pipelineStatuses = ["queued", "running", "succeeded", "halted", "failed", "cancelled"] as const;

/** Runs of a mart's pipeline belong to nobody: a mart is everyone's. */
export const pipelineRuns = pgTable(
  "pipeline_runs",
  {
    id: id(),
    mart: text("mart").notNull(),
    stamp: text("stamp").notNull(),
    status: text("status", { enum: pipelineStatuses }).notNull().default("queued"),
    /** The first step that this run does itself; files of those before it are taken as they are. */
    fromStep: text("from_step", { enum: stepNames }).notNull().default("extract"),
    /** What was asked; the rest of the parameters is found when the run begins. */
    asked: json<Partial<Pick<StepParameters, "start" | "end" | "previous">>>("asked").notNull(),
    parameters: json<StepParameters>("parameters"),
    trigger: text("trigger", { enum: ["person", "backfill", "schedule"] })
      .notNull()
      .default("person"),
    startedBy: text("started_by").references(() => viewers.id, { onDelete: "set null" }),
    /** The run that has to succeed first, where several stamps are built in order. */
    afterRunId: text("after_run_id"),
    cancelRequested: boolean("cancel_requested").notNull().default(false),
    errorCode: text("error_code"),
    errorMessage: text("error_message"),
    /** The number of the run's last log line. */
    lastSequence: integer("last_sequence").notNull().default(0),
    createdAt: createdAt(),
    startedAt: time("started_at"),
    finishedAt: time("finished_at"),
  },
  (t) => [
    uniqueIndex("one_active_pipeline_run").on(t.mart, t.stamp).where(sql`status in ('queued', 'running')`),
    index("pipeline_runs_of_mart").on(t.mart, t.createdAt),
  ],
);

export const pipelineSteps = pgTable(
  "pipeline_steps",
  {
    runId: text("run_id")
      .notNull()
      .references(() => pipelineRuns.id, { onDelete: "cascade" }),
    step: text("step", { enum: stepNames }).notNull(),
    /** `reused`: an earlier run did it. */
    status: text("status", {
      enum: ["pending", "running", "succeeded", "reused", "halted", "failed", "cancelled"],
    })
      .notNull()
      .default("pending"),
    attempts: integer("attempts").notNull().default(0),
    progress: json<{ label: string; done: number; total: number }>("progress"),
    report: json<StepReport>("report"),
    errorCode: text("error_code"),
    errorMessage: text("error_message"),
    /** Of a gate that halted: which checks failed, with their figures. */
    errorDetails: json<Record<string, unknown>>("error_details"),
    startedAt: time("started_at"),
    finishedAt: time("finished_at"),
  },
  (t) => [primaryKey({ columns: [t.runId, t.step] })],
);

export const pipelineLogs = pgTable(
  "pipeline_logs",
  {
    runId: text("run_id")
      .notNull()
      .references(() => pipelineRuns.id, { onDelete: "cascade" }),
    sequence: integer("sequence").notNull(),
    /** Null for what is said of the run as a whole. */
    step: text("step", { enum: stepNames }),
    text: text("text").notNull(),
    at: time("at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.runId, t.sequence] })],
);

export type PipelineRun = typeof pipelineRuns.$inferSelect;
export type PipelineRunStatus = PipelineRun["status"];
export type PipelineStep = typeof pipelineSteps.$inferSelect;
export type PipelineLog = typeof pipelineLogs.$inferSelect;
export type Conversation = typeof conversations.$inferSelect;
export type Message = typeof messages.$inferSelect;
export type Run = typeof runs.$inferSelect;
export type RunStatus = Run["status"];
export type RunEvent = typeof runEvents.$inferSelect;
export type Approval = typeof approvals.$inferSelect;
export type ExportRow = typeof publishedExports.$inferSelect;

/** What a run of a plan gave. */
export interface StoredResult {
  /** The build of the mart that it was made from. */
  martBuild: string;
  planHash: string;
  plan: Plan;
  sql: { duckdb: string; snowflake: string };
  sqlHash: string;
  report: QualityReport;
  /** Of the preview's rows in the object store. */
  previewKey: string;
}
