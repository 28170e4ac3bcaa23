import type { ApprovalPart } from "@/agents/parts";
import type { ChatMessage } from "@/components/chat/types";
import { getApproval, getConversation, latestRun, listMessages } from "@/db/queries";
import type { Conversation } from "@/db/schema";
import type { Viewer } from "@/lib/auth";

/**
 * A conversation as its page shows it. The message that a running turn is still writing is left out: the page follows
 * that turn from its first event, so that nothing is lost and nothing doubled.
 * @throws AppError NOT_FOUND
 */
export async function readConversation(
  viewer: Viewer,
  id: string,
): Promise<{ conversation: Conversation; messages: ChatMessage[]; running: boolean }> {
  const conversation = await getConversation(viewer, id);
  // The run first: one that ends meanwhile is then still followed, and its events are all there.
  const run = await latestRun(viewer, id);
  const running = run?.status === "running";
  const messages = (await listMessages(viewer, id))
    .filter((message) => !running || message.id !== run.messageId)
    .map(({ id: messageId, role, parts }) => ({ id: messageId, role, parts }) as ChatMessage);
  return {
    conversation,
    messages: await Promise.all(messages.map((one) => withAnswers(viewer, one))),
    running,
  };
}

/** Messages keep a question as it was asked; how it was answered is in its own row. */
async function withAnswers(viewer: Viewer, message: ChatMessage): Promise<ChatMessage> {
  const parts = await Promise.all(
    message.parts.map(async (part) =>
      part.type === "data-approval"
        ? { ...part, data: { ...part.data, status: await statusOf(viewer, part.data.approvalId) } }
        : part,
    ),
  );
  return { ...message, parts };
}

async function statusOf(viewer: Viewer, approvalId: string): Promise<ApprovalPart["status"]> {
  const { status, decision } = await getApproval(viewer, approvalId);
  const inWords = Boolean(decision?.feedback || decision?.choice);
  return status === "rejected" && inWords ? "superseded" : status;
}
