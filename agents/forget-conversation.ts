import { deleteConversation, latestRun, requestCancel } from "@/db/queries";
import type { Viewer } from "@/lib/auth";
import { openObjectStore } from "@/lib/objects";

/** Where the previews of a conversation's matrices are kept. */
export const previewsOf = (conversationId: string) => `previews/${conversationId}`;

/**
 * Deletes a conversation, with a question that may wait in it, and the rows that were shown in it. Exports stay: they were published.
 * @throws AppError NOT_FOUND, RUN_ACTIVE
 */
export async function forgetConversation(viewer: Viewer, conversationId: string): Promise<void> {
  // A question that waits is no work; one that runs has to be stopped first, by the person.
  const run = await latestRun(viewer, conversationId);
  if (run?.status === "waiting") await requestCancel(viewer, run.id);
  await deleteConversation(viewer, conversationId);
  await openObjectStore().removeAll(previewsOf(conversationId));
}
