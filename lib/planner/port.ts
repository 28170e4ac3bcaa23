import type { FeatureSet } from "@/lib/feature-set/schema";
import type { RegistrySearch } from "@/lib/registry/search-port";
import type { Registry } from "@/lib/registry/types";
import type { Cell, Dialect } from "@/lib/warehouse";
import type { PlannedRequest } from "./schema";

export interface PlannerContext {
  registry: Registry;
  search: RegistrySearch;
  /** The conversation's feature set so far; null at its start. */
  featureSet: FeatureSet | null;
  signal?: AbortSignal;
}

export interface Planner {
  /** For instance `offline` or `openai:gpt-5-mini`. */
  readonly name: string;
  /** `notices` are sentences for the person, for instance that the offline planner took over. */
  plan(message: string, context: PlannerContext): Promise<{ request: PlannedRequest; notices: string[] }>;
  /**
   * Answers an open question about the data by one statement of SQL, run by `context.run` and nothing else.
   * @throws AppError what `run` throws, but for what the writer could put right
   */
  answer(question: string, context: QuestionContext): Promise<{ answer: Answer; notices: string[] }>;
}

export interface QuestionContext extends PlannerContext {
  dialect: Dialect;
  /** Shows a statement and runs it behind the guard, within the limits of free SQL. */
  run(statement: WrittenStatement): Promise<{ rows: Cell[][] }>;
}

export interface WrittenStatement {
  sql: string;
  writtenBy: "model" | "offline";
  /** How the question was read, where rules read it. */
  reading: string | null;
  /** A chart that the writer proposes: not checked yet. */
  chart: unknown;
}

/** What came of a question: an answer in words beside the rows, or the words that were not understood. */
export type Answer = { text: string | null } | { unread: string };
