import { followRun as followEvents, getRun } from "@/db/queries";
import type { Viewer } from "@/lib/auth";
import type { MessageChunk } from "./message-writer";

/**
 * The events of the message that the run is writing now, from the one after `after` (0: from its first), until that
 * message is finished. Any number of readers, in any process; a reader that goes away changes nothing.
 * @throws AppError NOT_FOUND
 */
export async function* followRun(
  viewer: Viewer,
  runId: string,
  { after, signal }: { after: number; signal: AbortSignal },
): AsyncGenerator<{ sequence: number; chunk: MessageChunk }> {
  const { messageId } = await getRun(viewer, runId);
  let last = after;
  for await (const events of followEvents(viewer, runId, after, signal)) {
    for (const event of events) {
      if (event.messageId !== messageId) continue;
      last = event.sequence;
      const chunk = event.chunk as MessageChunk;
      yield { sequence: last, chunk };
      if (chunk.type === "finish") return;
    }
  }
  // The run stopped before its closing event was stored; whoever reads must still hear the end.
  if (!signal.aborted) yield { sequence: last, chunk: { type: "finish" } };
}
