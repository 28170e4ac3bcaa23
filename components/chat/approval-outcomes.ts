import type { ApprovalPart } from "@/agents/parts";
import type { ApprovalOutcome } from "@/components/cards/types";
import type { ChatMessage } from "./types";

/**
 * How every question of a conversation stands. What the server stored wins; a question it still calls pending is closed
 * by what the person said after it: a decision that names it, or any other message, which is an answer in words.
 */
export function approvalOutcomes(messages: ChatMessage[]): ReadonlyMap<string, ApprovalOutcome> {
  const outcomes = new Map<string, ApprovalOutcome>();
  for (const message of messages) {
    if (message.role === "user") answer(outcomes, message);
    for (const part of message.parts) {
      if (part.type !== "data-approval") continue;
      const { approvalId, status, decidedBy } = part.data;
      outcomes.set(approvalId, decidedBy ? { status, decidedBy } : { status });
    }
  }
  return outcomes;
}

/** Whether a question waits: what is typed next answers it. */
export function hasOpenQuestion(messages: ChatMessage[]): boolean {
  return [...approvalOutcomes(messages).values()].some(({ status }) => status === "pending");
}

function answer(outcomes: Map<string, ApprovalOutcome>, message: ChatMessage): void {
  const decisions = message.parts.flatMap((part) => (part.type === "data-decision" ? [part.data] : []));
  for (const [approvalId, outcome] of outcomes) {
    const decision = decisions.find((one) => one.approvalId === approvalId);
    if (decision) {
      const status = decision.decision === "approve" ? "approved" : "rejected";
      outcomes.set(approvalId, {
        ...outcome,
        status: outcome.status === "pending" ? status : outcome.status,
        decision,
      });
    } else if (outcome.status === "pending") {
      outcomes.set(approvalId, { status: "superseded" });
    }
  }
}

/** The question with this id, as it was asked. */
export function findApproval(messages: ChatMessage[], approvalId: string): ApprovalPart | undefined {
  for (const message of messages) {
    for (const part of message.parts) {
      if (part.type === "data-approval" && part.data.approvalId === approvalId) return part.data;
    }
  }
  return undefined;
}
