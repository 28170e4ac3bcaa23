import { and, asc, eq, gt, sql } from "drizzle-orm";
import type { Viewer } from "@/lib/auth";
import { database } from "../client";
import { toJson } from "../columns";
import { listen } from "../listen";
import { patiently } from "../patiently";
import { conversations, type Run, type RunEvent, runEvents, runs, viewers } from "../schema";
import { found, requireRun } from "./ownership";

const channel = "run_events";

/** A run that was left by its process is failed at once, and its end is told by another one after it. In milliseconds. */
const tellingPatience = 15_000;

/**
 * Stores what a run says, in order, and wakes its readers. Numbers begin at 1 and have no gaps; they are given under the
 * run's row lock, so whoever reads up to a number has seen every one before it.
 * @returns the number of the last one
 */
export async function appendRunEvents(
  viewer: Viewer,
  runId: string,
  messageId: string,
  chunks: unknown[],
): Promise<number> {
  await requireRun(viewer, runId);
  const rows = await database().execute<{ last: number }>(sql`
    with counted as (
      update runs set last_sequence = last_sequence + ${chunks.length} where id = ${runId} returning last_sequence
    ), stored as (
      insert into run_events (run_id, sequence, message_id, chunk)
      select ${runId}, last_sequence - ${chunks.length} + position, ${messageId}, chunk
      from counted, jsonb_array_elements(${toJson(chunks)}::jsonb) with ordinality as given(chunk, position)
    )
    select last_sequence as last, pg_notify(${channel}, ${runId}) from counted`);
  return found(rows[0]).last;
}

/** The run's events after a number, in order. */
export async function listRunEvents(viewer: Viewer, runId: string, after = 0): Promise<RunEvent[]> {
  await requireRun(viewer, runId);
  return database()
    .select()
    .from(runEvents)
    .where(and(eq(runEvents.runId, runId), gt(runEvents.sequence, after)))
    .orderBy(asc(runEvents.sequence));
}

/**
 * Failed runs of every viewer whose message was begun and not closed: who should have told their end died over it, or did not
 * hear that it should. Of the last hour, after a minute in which it may still be told. Never for a request.
 */
export async function listUntoldRuns(): Promise<{ run: Run; viewer: Viewer }[]> {
  const chunks = sql`from run_events e where e.run_id = ${runs.id} and e.message_id = ${runs.messageId}`;
  return database()
    .select({ run: runs, viewer: { id: viewers.id, name: viewers.name } })
    .from(runs)
    .innerJoin(conversations, eq(conversations.id, runs.conversationId))
    .innerJoin(viewers, eq(viewers.id, conversations.ownerId))
    .where(
      and(
        eq(runs.status, "failed"),
        sql`${runs.finishedAt} between now() - interval '1 hour' and now() - interval '1 minute'`,
        sql`exists (select 1 ${chunks})`,
        sql`not exists (select 1 ${chunks} and e.chunk ->> 'type' = 'finish')`,
      ),
    );
}

/** Wakes the run's readers, in every process. */
export async function notifyRun(runId: string): Promise<void> {
  await database().execute(sql`select pg_notify(${channel}, ${runId})`);
}

/**
 * Calls `onNews` when the run may have new events or another status; what is new must be read with `listRunEvents`. It
 * is also called every second, since a notification can be lost: with a broken connection, or behind a pooler.
 * @returns ends the subscription
 */
export function subscribeRun(runId: string, onNews: () => void): () => void {
  const stopListening = listen(channel, (payload) => payload === runId && onNews(), onNews);
  const timer = setInterval(onNews, 1000);
  timer.unref();
  return () => {
    clearInterval(timer);
    stopListening();
  };
}

/**
 * The run's events after a number as they come, in batches, until the run neither runs nor has more to say. A waiting
 * run ends the stream: it goes on under the same run once the person has answered. A failed one is
 * followed a little longer, since its end may still be told; whoever has heard the end need not wait for that.
 */
export async function* followRun(
  viewer: Viewer,
  runId: string,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<RunEvent[]> {
  let last = after;
  let wake = () => {};
  let isNews = true;
  let failedAt: number | null = null;
  const unsubscribe = subscribeRun(runId, () => {
    isNews = true;
    wake();
  });
  signal.addEventListener("abort", () => wake(), { once: true });
  try {
    while (!signal.aborted) {
      isNews = false;
      // A reader outlives a restart of the database, as the run does.
      const { status, events } = await patiently(() => readNews(viewer, runId, last), {
        seconds: 60,
        signal,
      });
      last = events.at(-1)?.sequence ?? last;
      if (events.length > 0) yield events;
      if (status === "failed") failedAt ??= Date.now();
      else if (status !== "running") return;
      if (failedAt !== null && Date.now() - failedAt > tellingPatience) return;
      if (!isNews && !signal.aborted) await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    unsubscribe();
  }
}

async function readNews(viewer: Viewer, runId: string, after: number) {
  // The status first: events stored before it changed are then among those read.
  const { status } = await requireRun(viewer, runId);
  return { status, events: await listRunEvents(viewer, runId, after) };
}
