import { ReadableStream as NodeReadableStream } from "node:stream/web";
import { createUIMessageStreamResponse, type UIMessageChunk } from "ai";
import { followRun } from "@/agents/run";
import type { Viewer } from "@/lib/auth";

/**
 * The events of the message that a run is writing, from its first one, as the stream that `useChat` reads. The run goes
 * on when the reader goes away.
 */
export function streamRun(viewer: Viewer, runId: string, signal: AbortSignal): Response {
  return createUIMessageStreamResponse({
    stream: NodeReadableStream.from(
      chunksOf(viewer, runId, signal),
    ) as unknown as ReadableStream<UIMessageChunk>,
    headers: { "cache-control": "no-store, no-transform" },
    keepAliveMs: 15_000,
  });
}

async function* chunksOf(viewer: Viewer, runId: string, signal: AbortSignal): AsyncGenerator<UIMessageChunk> {
  for await (const { chunk } of followRun(viewer, runId, { after: 0, signal })) yield chunk;
}
