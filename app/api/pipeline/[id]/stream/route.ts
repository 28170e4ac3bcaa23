import { z } from "zod";
import { watchPipelineRun } from "@/agents/pipeline";
import { respond } from "@/app/api/respond";
import { newsOf } from "@/app/pipeline/view-run";
import { currentViewer } from "@/app/viewer";
import { getPipelineRun } from "@/db/queries/pipeline";
import type { Viewer } from "@/lib/auth";
import { log } from "@/lib/log";

const numberSchema = z.coerce.number().int().min(0).catch(0);

/**
 * A run as server-sent events, each the run as it is and the log lines since the last, until it is over (`over`). An event's id is
 * the number of its last line, so a browser that reconnects goes on where it was; `?after=` says where to begin.
 */
export function GET(request: Request, { params }: { params: Promise<{ id: string }> }) {
  return respond(request, async () => {
    const viewer = await currentViewer();
    const { id } = await params;
    await getPipelineRun(viewer, id);
    const asked = request.headers.get("last-event-id") ?? new URL(request.url).searchParams.get("after");
    return new Response(eventsOf(viewer, id, numberSchema.parse(asked ?? 0), request.signal), {
      headers: {
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-store, no-transform",
        "x-accel-buffering": "no",
      },
    });
  });
}

function eventsOf(
  viewer: Viewer,
  id: string,
  after: number,
  signal: AbortSignal,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const leaving = new AbortController();
  const ended = AbortSignal.any([signal, leaving.signal]);
  return new ReadableStream({
    async start(controller) {
      const send = (text: string) => !ended.aborted && controller.enqueue(encoder.encode(text));
      // So that nobody in between takes a quiet run for a dead connection.
      const beat = setInterval(() => send(":\n\n"), 15_000);
      let last = after;
      try {
        for await (const snapshot of watchPipelineRun(viewer, id, { logsAfter: after, signal: ended })) {
          last = snapshot.logs.at(-1)?.sequence ?? last;
          send(`id: ${last}\ndata: ${JSON.stringify(newsOf(snapshot))}\n\n`);
        }
        send("event: over\ndata: {}\n\n");
      } catch (error) {
        // The browser connects again, and hears then what is wrong if it still is.
        log.warn("pipeline stream broken", { runId: id, error });
      } finally {
        clearInterval(beat);
        if (!ended.aborted) controller.close();
      }
    },
    cancel: () => leaving.abort(),
  });
}
