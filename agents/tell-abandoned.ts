import type { Run } from "@/db/schema";
import type { Viewer } from "@/lib/auth";
import { AppError } from "@/lib/errors";
import { MessageWriter, storedChunks } from "./message-writer";
import { tellEnding } from "./tell-ending";

/**
 * Closes the message of a turn whose process died or is cut off, and with which nobody goes on since the person has said
 * something else: with what became of its export. One that told its own end, or had not begun to tell, stays as it is.
 */
export async function tellAbandoned(viewer: Viewer, run: Run): Promise<void> {
  const target = { viewer, conversationId: run.conversationId, runId: run.id, messageId: run.messageId };
  const chunks = await storedChunks(target);
  if (chunks.length === 0 || chunks.some(({ type }) => type === "finish")) return;
  const writer = new MessageWriter(target);
  writer.restore(chunks);
  const error = new AppError("INTERNAL", "This turn was cut off, and was left when you said something else.");
  await tellEnding({ viewer, run, writer }, { stopped: false, error, mayLive: true });
}
