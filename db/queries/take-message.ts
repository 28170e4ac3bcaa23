import type { Viewer } from "@/lib/auth";
import { database } from "../client";
import type { Run } from "../schema";
import { decideApproval } from "./approvals";
import { claimRun, reclaimRun } from "./claim-run";
import { appendMessage, type NewMessage } from "./messages";

type PersonMessage = Pick<NewMessage, "id" | "conversationId" | "parts">;

/**
 * Takes what a person said, together with the run that answers it: both are there, or neither.
 * @throws AppError RUN_ACTIVE while the conversation has another run
 */
export async function takeMessage(
  viewer: Viewer,
  message: PersonMessage,
  claim: { messageId: string; claimedBy: string },
): Promise<Run> {
  return database().transaction(async (tx) => {
    const run = await claimRun(viewer, message.conversationId, claim, tx);
    await appendMessage(viewer, { ...message, runId: run.id, role: "user" }, tx);
    return run;
  });
}

/**
 * Takes a person's answer to an open question: the run goes on, the question is decided and the message is there, or
 * nothing of it.
 * @throws AppError RUN_ACTIVE, APPROVAL_DECIDED, APPROVAL_STALE
 */
export async function takeAnswer(
  viewer: Viewer,
  message: PersonMessage,
  claim: { messageId: string; claimedBy: string },
  answer: {
    approvalId: string;
    runId: string;
    status: "approved" | "rejected";
    decision: Record<string, unknown>;
  },
): Promise<Run> {
  const { approvalId, runId, status, decision } = answer;
  return database().transaction(async (tx) => {
    const run = await reclaimRun(viewer, runId, { ...claim, approvalId }, tx);
    await decideApproval(viewer, approvalId, status, decision, tx);
    await appendMessage(viewer, { ...message, runId, role: "user" }, tx);
    return run;
  });
}
