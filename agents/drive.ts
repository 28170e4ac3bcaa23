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

const heartbeatMilliseconds = 3_000;
/** A turn that ends its process, whatever the reason, would otherwise end every server that takes it up. */
const mostAttempts = 3;
const here = processWide("runs here", () => new Map<string, AbortController>());

/** Does this process work on the run? Its heartbeat may be late all the same, when something blocked the event loop. */
export function isHere(runId: string): boolean {
  return here.has(runId);
}

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
  const hold: Hold = { run, stopping: new AbortController(), isLost: false, atWork: new Set() };
  here.set(run.id, hold.stopping);
  if (run.cancelRequested) hold.stopping.abort();
  const stopHeartbeat = keepAlive(viewer, hold);
  const writer = new MessageWriter({ viewer, conversationId: conversation.id, runId: run.id, messageId });
  try {
    if (input === "continue") writer.restore(await eventsOf(viewer, run.id, messageId));
    else await writer.start();
    if (run.attempts > mostAttempts) {
      throw new AppError(
        "INTERNAL",
        `This turn was cut off ${mostAttempts} times, so it is not tried again. Say what you need in another way, or in smaller steps.`,
      );
    }
    const context = await openTurn({ viewer, conversation, run, message: writer, atWork: hold.atWork });
    const graph = sharedGraph();
    await runGraph(graph, context, input, hold.stopping.signal);
    await settle(graph, context, writer, hold);
  } catch (error) {
    // What a node still does must be over before its end is told: an export may just be published.
    await Promise.allSettled(hold.atWork);
    await fail(viewer, writer, hold, error);
  } finally {
    stopHeartbeat();
    // The person may have answered already, and the next stretch of the run begun.
    if (here.get(run.id) === hold.stopping) here.delete(run.id);
  }
}

/** One stretch of work on a run, until it ends, waits, or another process has taken the run over. */
interface Hold {
  run: Run;
  stopping: AbortController;
  isLost: boolean;
  atWork: Set<Promise<unknown>>;
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
async function settle(
  graph: Graph,
  context: TurnContext,
  writer: MessageWriter,
  { run }: Hold,
): Promise<void> {
  const { viewer, runId, conversationId } = context;
  const { claimedBy } = run;
  const waiting = await interruptOf(graph, conversationId);
  if (!waiting) {
    await writer.finish();
    await setRunStatus(viewer, runId, "finished", { claimedBy });
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
  await setRunStatus(viewer, runId, "waiting", { claimedBy });
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
  writer: MessageWriter,
  { run, stopping, isLost }: Hold,
  thrown: unknown,
): Promise<void> {
  if (isLost) {
    // Another process writes this message now.
    log.warn("run lost", { runId: run.id });
    return;
  }
  const wasStopped = stopping.signal.aborted;
  const error = wasStopped
    ? new AppError("QUERY_CANCELLED", "Stopped.", { cause: thrown })
    : toAppError(thrown);
  log[wasStopped ? "info" : "error"](wasStopped ? "run stopped" : "run failed", { runId: run.id, error });
  try {
    await writer.delivered().catch(() => {});
    await writer.write({
      kind: "part",
      type: "notice",
      id: "ending",
      data: wasStopped
        ? { level: "info", text: writer.has("export") ? "Stopped." : "Stopped. Nothing was exported." }
        : { level: "error", text: error.message, code: error.code },
    });
    await writer.finish();
  } finally {
    // Also when the message cannot be written: the conversation must not stay closed.
    await setRunStatus(viewer, run.id, wasStopped ? "cancelled" : "failed", {
      errorCode: error.code,
      claimedBy: run.claimedBy,
    });
  }
}

function keepAlive(viewer: Viewer, hold: Hold): () => void {
  const { id, claimedBy } = hold.run;
  const timer = setInterval(async () => {
    try {
      const { owned, cancelRequested } = await heartbeatRun(viewer, id, claimedBy);
      if (!owned) hold.isLost = true;
      if (!owned || cancelRequested) hold.stopping.abort();
    } catch (error) {
      log.warn("heartbeat failed", { runId: id, error: toAppError(error) });
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
