import { checkpointSaver } from "@/db/checkpoints";
import { patiently } from "@/db/patiently";
import { getApproval, setRunStatus } from "@/db/queries";
import type { Conversation, Run } from "@/db/schema";
import type { Viewer } from "@/lib/auth";
import { isDatabaseLost } from "@/lib/database-lost";
import { AppError, toAppError } from "@/lib/errors";
import { log } from "@/lib/log";
import { processWide } from "@/lib/process-wide";
import type { ApprovalPayload } from "./approval";
import { createGraph, type Graph } from "./graph";
import { type Beginning, graphInputOf, interruptOf, stampOfTurn } from "./graph-input";
import { type Hold, holdRun } from "./hold";
import { MessageWriter, storedChunks } from "./message-writer";
import { openTurn } from "./open-turn";
import type { NoticePart } from "./parts";
import { tellEnding } from "./tell-ending";
import type { TurnContext } from "./turn";

/** A turn that ends its process, whatever the reason, would otherwise end every server that takes it up. */
const mostAttempts = 3;

/** A turn that brings the database down each time is given up in the end. */
const mostLosses = 20;

/** Longer than a database is away for an update; a run that is left after it is taken up like a dead process's. */
const secondsOfPatience = 600;

/** A run that a process works on, and the message that it writes. */
interface Work {
  viewer: Viewer;
  conversation: Conversation;
  run: Run;
  messageId: string;
}

/**
 * Works on a run until it ends or waits for the person, writing one assistant message. `continue` goes on from the last
 * checkpoint after a crash: with the stored decision when the question had been answered, else from the cut-off node.
 * The same is done when the database was away: what had been stored is all that counts.
 */
export async function drive({ input, ...work }: Work & { input: Beginning }): Promise<void> {
  const hold = holdRun(work.viewer, work.run);
  try {
    for (let losses = 0; ; losses += 1) {
      try {
        return await stretch(work, losses === 0 ? input : "continue", hold);
      } catch (error) {
        await Promise.allSettled(hold.atWork);
        if (!isDatabaseLost(error) || losses >= mostLosses) throw error;
        log.warn("run cut off from its database", { runId: work.run.id, error });
      }
      await patiently(hold.beat, { seconds: secondsOfPatience });
      if (hold.isLost) return log.warn("run lost", { runId: work.run.id });
    }
  } finally {
    hold.release();
  }
}

/** @throws what tells of a lost database; any other failure is told in the message */
async function stretch(work: Work, input: Beginning, hold: Hold): Promise<void> {
  const { viewer, conversation, run, messageId } = work;
  const target = { viewer, conversationId: conversation.id, runId: run.id, messageId };
  const writer = new MessageWriter(target);
  try {
    const chunks = input === "continue" ? await storedChunks(target) : [];
    if (chunks.length === 0) await writer.start();
    else writer.restore(chunks);
    if (writer.ending) return await finishEnding(work, writer, writer.ending);
    if (run.attempts > mostAttempts) {
      throw new AppError(
        "INTERNAL",
        `This turn was cut off ${mostAttempts} times, so it is not tried again. Say what you need in another way, or in smaller steps.`,
      );
    }
    const { atWork, stopping } = hold;
    const graph = sharedGraph();
    const context = await openTurn({
      ...{ viewer, conversation, run, message: writer, atWork, signal: stopping.signal },
      stamp: await stampOfTurn(graph, { viewer, conversationId: conversation.id, runId: run.id }, input),
    });
    await runGraph(graph, context, input, stopping.signal);
    await settle(graph, context, writer, hold);
  } catch (error) {
    if (isDatabaseLost(error)) throw error;
    // What a node still does must be over before its end is told: an export may just be published.
    await Promise.allSettled(hold.atWork);
    await fail(viewer, writer, hold, error);
  }
}

async function runGraph(
  graph: Graph,
  context: TurnContext,
  input: Beginning,
  signal: AbortSignal,
): Promise<void> {
  const graphInput = await graphInputOf(graph, context, input);
  if (graphInput === "nothing to do") return;
  await graph.invoke(graphInput, {
    configurable: { thread_id: context.conversationId },
    context,
    signal,
    durability: "sync",
    recursionLimit: 60,
  });
}

/** After the graph has stopped: it waits for the person, or the turn is over. */
async function settle(
  graph: Graph,
  context: TurnContext,
  writer: MessageWriter,
  { run, stopping }: Hold,
): Promise<void> {
  const { viewer, runId, conversationId } = context;
  const { claimedBy } = run;
  // A stop that came after the last node is still a stop: no question is put.
  stopping.signal.throwIfAborted();
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
  let isCutOff = false;
  try {
    await tellEnding({ viewer, run, writer }, wasStopped ? { stopped: true } : { stopped: false, error });
  } catch (unwritten) {
    // The ending is told once the database is back.
    isCutOff = isDatabaseLost(unwritten);
    throw unwritten;
  } finally {
    // Also when the message cannot be written: the conversation must not stay closed.
    if (!isCutOff) {
      await setRunStatus(viewer, run.id, wasStopped ? "cancelled" : "failed", {
        errorCode: error.code,
        claimedBy: run.claimedBy,
      });
    }
  }
}

/** The end was told, and the database lost before the run had its status: what was told stands. */
async function finishEnding({ viewer, run }: Work, writer: MessageWriter, ending: NoticePart): Promise<void> {
  await writer.finish();
  await setRunStatus(viewer, run.id, ending.level === "error" ? "failed" : "cancelled", {
    errorCode: ending.code ?? "QUERY_CANCELLED",
    claimedBy: run.claimedBy,
  });
}

function sharedGraph(): Graph {
  return processWide("graph", () => createGraph(checkpointSaver()));
}
