import { randomUUID } from "node:crypto";
import { patiently } from "@/db/patiently";
import {
  findMessage,
  getApproval,
  getConversation,
  getPendingApproval,
  getRun,
  latestRun,
  listStaleRuns,
  listUntoldRuns,
  reclaimRun,
  requestCancel,
  takeAnswer,
  takeMessage,
} from "@/db/queries";
import type { Approval, Run } from "@/db/schema";
import type { Viewer } from "@/lib/auth";
import { AppError, toAppError } from "@/lib/errors";
import { log } from "@/lib/log";
import { processWide } from "@/lib/process-wide";
import type { ApprovalPayload } from "./approval";
import { drive } from "./drive";
import type { Beginning } from "./graph-input";
import { abortHere, isHere } from "./hold";
import { type PersonMessage, readMessage, type Said } from "./read-message";
import type { Decision } from "./state";
import { tellAbandoned } from "./tell-abandoned";
import { readTypedAnswer } from "./typed-answer";

export { followRun } from "./follow-run";
export { forgetConversation } from "./forget-conversation";
export { getQueryRows } from "./get-query-rows";
export { openExportFile } from "./open-export-file";
export { getResultPreview } from "./result-preview";

/**
 * The only door to the graph. Takes what a person said: begins a turn, or answers the question that waits. The work goes
 * on when the caller goes away; follow it with {@link followRun}.
 * @throws AppError MESSAGE_EMPTY, MESSAGE_TOO_LONG, NOT_FOUND, RUN_ACTIVE, APPROVAL_DECIDED, APPROVAL_STALE;
 *   DATABASE_UNAVAILABLE, after which the same message may be sent again
 */
export async function start(
  viewer: Viewer,
  { conversationId, message }: { conversationId: string; message: PersonMessage },
): Promise<{ runId: string; messageId: string }> {
  const said = readMessage(message);
  const claim = { messageId: randomUUID(), claimedBy: randomUUID() };
  return patiently(() => take(viewer, conversationId, { message, said, claim }), { seconds: 8 });
}

interface Taken {
  message: PersonMessage;
  said: Said;
  claim: { messageId: string; claimedBy: string };
}

/** May be done again with the same claim: what was taken already is found by its message. */
async function take(viewer: Viewer, conversationId: string, taken: Taken) {
  const { said, claim } = taken;
  const message = { id: taken.message.id, conversationId, parts: taken.message.parts };
  const conversation = await getConversation(viewer, conversationId);
  const work = (run: Run, input: Beginning) => {
    inBackground(drive({ viewer, conversation, run, messageId: run.messageId, input }), run);
    return { runId: run.id, messageId: run.messageId };
  };
  const earlier = await findMessage(viewer, conversationId, message.id);
  if (earlier?.runId) {
    const run = await getRun(viewer, earlier.runId);
    // Ours, of which the database did not come to tell us.
    if (run.claimedBy === claim.claimedBy && !isHere(run.id)) return work(run, "continue");
    // Sent again, by a browser or a proxy that did not hear the answer: the answer is the first one's.
    return { runId: run.id, messageId: run.messageId };
  }
  const pending = await getPendingApproval(viewer, conversationId);
  if (said.kind === "decision" && pending?.id !== said.data.approvalId) {
    await refuseDecided(viewer, said.data.approvalId);
  }
  if (!pending) {
    const before = await latestRun(viewer, conversationId);
    // A run of ours lives, however late its heartbeat is: the database may have been away.
    if (before?.status === "running" && isHere(before.id)) {
      throw new AppError("RUN_ACTIVE", undefined, { details: { runId: before.id, status: before.status } });
    }
    const run = await takeMessage(viewer, message, claim);
    // Of another process, which is dead or cut off from the database.
    if (before?.status === "running") inBackground(tellAbandoned(viewer, before), before);
    return work(run, { fresh: said });
  }
  const decision = decisionOf(said, viewer, pending.payload as ApprovalPayload);
  const answer = {
    approvalId: pending.id,
    runId: pending.runId,
    status: decision.decision === "approve" ? ("approved" as const) : ("rejected" as const),
    decision: { ...decision },
  };
  const run = await wake(viewer, pending, () => takeAnswer(viewer, message, claim, answer));
  return work(run, { decision });
}

/** Stops the conversation's run: its warehouse query, its planner call, and the question that waits. */
export async function cancel(viewer: Viewer, conversationId: string): Promise<void> {
  const run = await latestRun(viewer, conversationId);
  if (!run || (run.status !== "running" && run.status !== "waiting")) return;
  await requestCancel(viewer, run.id);
  abortHere(run.id);
}

/** Waits until this process works on no run: before it closes what runs stand on. */
export async function allRunsSettled(): Promise<void> {
  while (working.size > 0) await Promise.all(working);
}

/**
 * Goes on with turns whose process died: from their last checkpoint, writing the same message. Those that were left are told
 * to be, where that was not done. Called at the server's
 * start and now and then after, since a dead process is known by its missing heartbeat.
 */
export async function resumeStaleRuns(): Promise<number> {
  let resumed = 0;
  for (const { run: stale, viewer } of await listStaleRuns()) {
    if (isHere(stale.id)) continue;
    try {
      const conversation = await getConversation(viewer, stale.conversationId);
      const run = await reclaimRun(viewer, stale.id, { claimedBy: randomUUID() });
      log.info("run resumed", { runId: run.id, attempts: run.attempts });
      inBackground(drive({ viewer, conversation, run, messageId: run.messageId, input: "continue" }), run);
      resumed += 1;
    } catch (error) {
      // Another process was faster, or the run ended meanwhile.
      log.warn("run not resumed", { runId: stale.id, error: toAppError(error) });
    }
  }
  for (const { run, viewer } of await listUntoldRuns()) inBackground(tellAbandoned(viewer, run), run);
  return resumed;
}

/**
 * Takes the waiting run. Right after its question was shown the run may still be on its way into waiting, so a busy run
 * whose question is open is tried again for a moment; of two answers at once, one finds the question decided.
 */
async function wake(viewer: Viewer, { id }: Approval, takeUp: () => Promise<Run>): Promise<Run> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await takeUp();
    } catch (error) {
      const { status } = await getApproval(viewer, id);
      if (status !== "pending") await refuseDecided(viewer, id);
      if (toAppError(error).code !== "RUN_ACTIVE" || attempt >= 60) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

async function refuseDecided(viewer: Viewer, approvalId: string): Promise<never> {
  const approval = await getApproval(viewer, approvalId);
  if (approval.status === "superseded") throw new AppError("APPROVAL_STALE");
  const by = approval.decidedBy === viewer.id ? "you" : "someone else";
  throw new AppError("APPROVAL_DECIDED", `This question was ${approval.status} by ${by} already.`, {
    details: { status: approval.status },
  });
}

function decisionOf(said: Said, viewer: Viewer, question: ApprovalPayload): Decision {
  const decidedBy = viewer.name;
  switch (said.kind) {
    case "words":
      return { ...readTypedAnswer(said.text, question), decidedBy };
    case "choice":
      return { decision: "reject", decidedBy, answers: {}, groups: [], feedback: null, choice: said.data };
    case "decision": {
      const feedback = said.data.feedback?.trim() || null;
      return {
        // Words beside a yes are read first, so the yes is not to what they may change.
        decision: feedback ? "reject" : said.data.decision,
        decidedBy,
        answers: offeredAnswers(question, said.data.answers),
        groups: question.groups.map(({ id }) => id).filter((id) => said.data.groups.includes(id)),
        feedback,
        choice: null,
      };
    }
  }
}

/** Of what the browser sent, the choices that the stored question offered. */
function offeredAnswers({ questions }: ApprovalPayload, answers: Record<string, string>) {
  return Object.fromEntries(
    questions.flatMap(({ id, choices }) => {
      const choice = choices.find((offered) => offered.id === answers[id]);
      return choice ? [[id, choice.id]] : [];
    }),
  );
}

const working = processWide("runs at work", () => new Set<Promise<void>>());

function inBackground(work: Promise<void>, run: Run): void {
  const guarded = work
    .catch((error) => log.error("run crashed", { runId: run.id, error: toAppError(error) }))
    .finally(() => working.delete(guarded));
  working.add(guarded);
}
