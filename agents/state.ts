import { Annotation } from "@langchain/langgraph";
import type { Question } from "@/lib/planner/question";
import type { PlannedRequest } from "@/lib/planner/schema";
import type { TableChoicePart } from "./parts";

/**
 * What the graph remembers of a conversation, checkpointed after every node: ids, hashes and small lists, never rows.
 * Without a reducer, what a node returns takes the place of what was there.
 */
export const ConversationState = Annotation.Root({
  /** The run whose input this is: tells after a crash whether the input was checkpointed. */
  runId: Annotation<string>,
  /** The words being worked on: a message, or the feedback that came with an answer. */
  message: Annotation<string>,
  /** Tables toggled on the card of ranked tables, in place of words. */
  choice: Annotation<TableChoicePart | null>,
  request: Annotation<PlannedRequest | null>,
  /** The conversation's feature set, by hash; the body is in feature_sets. */
  featureSetHash: Annotation<string | null>,
  /** The last matrix, by the id of its stored result. */
  resultId: Annotation<string | null>,
  /** Has enrichment been decided for this feature set? Asked once, until a new set is begun. */
  enrichment: Annotation<"open" | "decided">,
  /** What must be answered before the join can be written. */
  questions: Annotation<Question[]>,
  /** The approval that waits or was just decided. */
  approval: Annotation<{ id: string; kind: "clarify" | "enrich" | "export" } | null>,
  decision: Annotation<Decision | null>,
  /** The kind of approval that the person's words interrupted: asked again once the words are answered. */
  interrupted: Annotation<"clarify" | "enrich" | "export" | null>,
  exportId: Annotation<string | null>,
  /** Sentences that the closing words owe the person: what was done and what could not be. */
  remarks: Annotation<string[]>,
});

/** An answer as it was stored with the approval. Always an object: LangGraph loses a bare `false` on resume. */
export interface Decision {
  decision: "approve" | "reject";
  decidedBy: string;
  answers: Record<string, string>;
  groups: string[];
  /** Words in place of, or beside, a click: they become the next message of the same turn. */
  feedback: string | null;
  choice: TableChoicePart | null;
}

export type State = typeof ConversationState.State;
export type Update = typeof ConversationState.Update;

/** The input of a fresh turn: forgets the last turn's passing things, keeps the feature set. */
export function freshTurn(runId: string, message: string, choice: TableChoicePart | null): Update {
  return {
    runId,
    message,
    choice,
    request: null,
    questions: [],
    approval: null,
    decision: null,
    interrupted: null,
    exportId: null,
    remarks: [],
  };
}
