import { Command } from "@langchain/langgraph";
import { getApproval, getFeatureSet, listMessages } from "@/db/queries";
import { AppError } from "@/lib/errors";
import type { Graph, NodeName } from "./graph";
import { type PersonMessage, readMessage, type Said } from "./read-message";
import { type Decision, freshTurn, type State, type Update } from "./state";
import type { TurnContext } from "./turn";

/** With what a stretch of work begins: the person's words, their answer to the open question, or where a dead process was. */
export type Beginning = { fresh: Said } | { decision: Decision } | "continue";

/**
 * What the graph is invoked with; `nothing to do` when it waits for the person already.
 * @throws AppError APPROVAL_STALE for an answer to a question that the graph does not ask
 */
export async function graphInputOf(graph: Graph, context: TurnContext, input: Beginning) {
  if (input !== "continue" && "fresh" in input) return inputOf(context.runId, input.fresh);
  const { values } = await graph.getState({ configurable: { thread_id: context.conversationId } });
  if (input === "continue" && (values as Partial<State>).runId !== context.runId) {
    // The process died before the turn's input was checkpointed; the message itself was stored.
    return inputOf(context.runId, await saidIn(context));
  }
  const waiting = await interruptOf(graph, context.conversationId);
  if (input !== "continue") {
    if (!waiting) throw new AppError("APPROVAL_STALE");
    return resumeWith(waiting.id, input.decision);
  }
  if (!waiting) return null;
  const approval = await getApproval(context.viewer, waiting.approvalId);
  if (approval.status === "pending") return "nothing to do";
  return resumeWith(waiting.id, approval.decision as unknown as Decision);
}

/**
 * The stamp of the feature set that a turn under way is about: what it asked and what was answered hold for that one, whatever
 * was published since. Null for a turn that begins.
 */
export async function stampOfTurn(
  graph: Graph,
  { viewer, conversationId, runId }: Pick<TurnContext, "viewer" | "conversationId" | "runId">,
  input: Beginning,
): Promise<string | null> {
  if (input !== "continue" && "fresh" in input) return null;
  const { values } = await graph.getState({ configurable: { thread_id: conversationId } });
  const { runId: begun, featureSetHash } = values as Partial<State>;
  if (begun !== runId || !featureSetHash) return null;
  return (await getFeatureSet(viewer, conversationId, featureSetHash)).stamp;
}

function resumeWith(interruptId: string, decision: Decision) {
  return new Command<Record<string, Decision>, Update, NodeName>({ resume: { [interruptId]: decision } });
}

function inputOf(runId: string, said: Said): Update {
  return freshTurn(runId, said.kind === "words" ? said.text : "", said.kind === "choice" ? said.data : null);
}

async function saidIn({ viewer, conversationId, runId }: TurnContext): Promise<Said> {
  const messages = await listMessages(viewer, conversationId);
  const message = messages.findLast((candidate) => candidate.role === "user" && candidate.runId === runId);
  if (!message) throw new AppError("INTERNAL");
  return readMessage({ id: message.id, parts: message.parts as PersonMessage["parts"] });
}

/** The question that the graph has stopped at; null when it does not wait. */
export async function interruptOf(graph: Graph, conversationId: string) {
  const snapshot = await graph.getState({ configurable: { thread_id: conversationId } });
  const [interrupt] = snapshot.tasks.flatMap((task) => task.interrupts);
  const approvalId = (snapshot.values as State).approval?.id;
  return interrupt?.id && approvalId ? { id: interrupt.id, approvalId } : null;
}
