import { randomUUID } from "node:crypto";
import { Command } from "@langchain/langgraph";
import { checkpointSaver } from "@/db/checkpoints";
import { getApproval, heartbeatRun, listMessages, listRunEvents, setRunStatus } from "@/db/queries";
import type { Conversation, Run } from "@/db/schema";
import type { Viewer } from "@/lib/auth";
import { AppError, toAppError } from "@/lib/errors";
import { log } from "@/lib/log";
import { processWide } from "@/lib/process-wide";
import type { ApprovalPayload } from "./approval";
import { createGraph, type Graph, type NodeName } from "./graph";
import { type MessageChunk, MessageWriter } from "./message-writer";
import { openTurn } from "./open-turn";
import { type PersonMessage, readMessage, type Said } from "./read-message";
import { type Decision, freshTurn, type State, type Update } from "./state";
import type { TurnContext } from "./turn";

/** Tells this process's runs from another's. */
export const processId = processWide("process id", randomUUID);

const heartbeatMilliseconds = 3_000;
const here = processWide("runs here", () => new Map<string, AbortController>());

/** Aborts a run of this process at once; a run of another process hears of it with its next heartbeat. */
export function abortHere(runId: string): void {
  here.get(runId)?.abort();
}

/**
 * Works on a run until it ends or waits for the person, writing one assistant message. `continue` goes on from the last
 * checkpoint after a crash: with the stored decision when the question had been answered, else from the cut-off node.
 */
export async function drive(work: {
  viewer: Viewer;
  conversation: Conversation;
  run: Run;
  messageId: string;
  input: { fresh: Said } | { decision: Decision } | "continue";
}): Promise<void> {
  const { viewer, conversation, run, messageId, input } = work;
  const stopping = new AbortController();
  here.set(run.id, stopping);
  const stopHeartbeat = keepAlive(viewer, run.id, stopping);
  const writer = new MessageWriter({ viewer, conversationId: conversation.id, runId: run.id, messageId });
  try {
    if (input === "continue") writer.restore(await eventsOf(viewer, run.id, messageId));
    else await writer.start();
    const context = await openTurn({ viewer, conversation, run, message: writer });
    const graph = sharedGraph();
    await runGraph(graph, context, input, stopping.signal);
    await settle(graph, context, writer);
  } catch (error) {
    await fail(viewer, run.id, writer, stopping.signal.aborted, error);
  } finally {
    stopHeartbeat();
    here.delete(run.id);
  }
}

async function runGraph(
  graph: Graph,
  context: TurnContext,
  input: { fresh: Said } | { decision: Decision } | "continue",
  signal: AbortSignal,
): Promise<void> {
  const thread = { configurable: { thread_id: context.conversationId } };
  const graphInput = await graphInputOf(graph, context, input);
  if (graphInput === "nothing to do") return;
  await graph.invoke(graphInput, {
    ...thread,
    context,
    signal,
    durability: "sync",
    recursionLimit: 60,
  });
}

async function graphInputOf(
  graph: Graph,
  context: TurnContext,
  input: { fresh: Said } | { decision: Decision } | "continue",
) {
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

/** After the graph has stopped: it waits for the person, or the turn is over. */
async function settle(graph: Graph, context: TurnContext, writer: MessageWriter): Promise<void> {
  const { viewer, runId, conversationId } = context;
  const waiting = await interruptOf(graph, conversationId);
  if (!waiting) {
    await writer.finish();
    await setRunStatus(viewer, runId, "finished");
    return;
  }
  // The checkpoint and the approval's row are there already.
  const approval = await getApproval(viewer, waiting.approvalId);
  const { kind, title, questions, groups, exportOf } = approval.payload as ApprovalPayload;
  await writer.write({
    kind: "part",
    type: "approval",
    id: `approval-${approval.id}`,
    data: { approvalId: approval.id, kind, title, status: "pending", questions, groups, exportOf },
  });
  await writer.delivered();
  await setRunStatus(viewer, runId, "waiting");
  await writer.finish();
}

async function interruptOf(graph: Graph, conversationId: string) {
  const snapshot = await graph.getState({ configurable: { thread_id: conversationId } });
  const [interrupt] = snapshot.tasks.flatMap((task) => task.interrupts);
  const approvalId = (snapshot.values as State).approval?.id;
  return interrupt?.id && approvalId ? { id: interrupt.id, approvalId } : null;
}

async function fail(
  viewer: Viewer,
  runId: string,
  writer: MessageWriter,
  wasStopped: boolean,
  thrown: unknown,
): Promise<void> {
  const error = wasStopped
    ? new AppError("QUERY_CANCELLED", "Stopped.", { cause: thrown })
    : toAppError(thrown);
  await writer.delivered().catch(() => {});
  log[wasStopped ? "info" : "error"](wasStopped ? "run stopped" : "run failed", { runId, error });
  await writer.write({
    kind: "part",
    type: "notice",
    id: "ending",
    data: wasStopped
      ? { level: "info", text: "Stopped. Nothing was exported." }
      : { level: "error", text: error.message, code: error.code },
  });
  await writer.finish();
  await setRunStatus(viewer, runId, wasStopped ? "cancelled" : "failed", error.code);
}

function keepAlive(viewer: Viewer, runId: string, stopping: AbortController): () => void {
  const timer = setInterval(async () => {
    try {
      const { owned, cancelRequested } = await heartbeatRun(viewer, runId, processId);
      if (!owned || cancelRequested) stopping.abort();
    } catch (error) {
      log.warn("heartbeat failed", { runId, error: toAppError(error) });
    }
  }, heartbeatMilliseconds);
  timer.unref();
  return () => clearInterval(timer);
}

async function eventsOf(viewer: Viewer, runId: string, messageId: string): Promise<MessageChunk[]> {
  const events = await listRunEvents(viewer, runId, 0);
  return events.filter((event) => event.messageId === messageId).map((event) => event.chunk as MessageChunk);
}

function sharedGraph(): Graph {
  return processWide("graph", () => createGraph(checkpointSaver()));
}
