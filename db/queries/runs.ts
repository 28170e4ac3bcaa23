import { and, desc, eq, inArray, sql } from "drizzle-orm";
import type { Viewer } from "@/lib/auth";
import { database } from "../client";
import { conversations, type Run, type RunStatus, runs, viewers } from "../schema";
import { isStale, supersedePending } from "./claim-run";
import { lockConversation, requireConversation, requireRun } from "./ownership";
import { notifyRun } from "./run-events";

/**
 * Changes the status and wakes the run's readers. A run that is over stays as it is, and is returned so; one that ends
 * takes its open question with it. With `claimedBy` nothing happens unless that claim still holds the run.
 */
export async function setRunStatus(
  viewer: Viewer,
  runId: string,
  status: RunStatus,
  { errorCode = null, claimedBy }: { errorCode?: string | null; claimedBy?: string } = {},
): Promise<Run> {
  const { conversationId } = await requireRun(viewer, runId);
  const isOver = status !== "running" && status !== "waiting";
  await database().transaction(async (tx) => {
    await lockConversation(tx, viewer, conversationId);
    const [changed] = await tx
      .update(runs)
      .set({ status, errorCode, finishedAt: isOver ? sql`now()` : null })
      .where(
        and(
          eq(runs.id, runId),
          inArray(runs.status, ["running", "waiting"]),
          claimedBy === undefined ? undefined : eq(runs.claimedBy, claimedBy),
        ),
      )
      .returning();
    if (changed && isOver) await supersedePending(tx, conversationId);
  });
  await notifyRun(runId);
  return requireRun(viewer, runId);
}

/** Asks the process that works on the run to stop; one that only waits is cancelled at once. */
export async function requestCancel(viewer: Viewer, runId: string): Promise<Run> {
  const { conversationId } = await requireRun(viewer, runId);
  await database().transaction(async (tx) => {
    await lockConversation(tx, viewer, conversationId);
    const [cancelled] = await tx
      .update(runs)
      .set({ status: "cancelled", finishedAt: sql`now()` })
      .where(and(eq(runs.id, runId), eq(runs.status, "waiting")))
      .returning();
    if (cancelled) return supersedePending(tx, conversationId);
    await tx
      .update(runs)
      .set({ cancelRequested: true })
      .where(and(eq(runs.id, runId), eq(runs.status, "running")));
  });
  await notifyRun(runId);
  return requireRun(viewer, runId);
}

export async function getRun(viewer: Viewer, runId: string): Promise<Run> {
  return requireRun(viewer, runId);
}

/** The conversation's last run; null before the first. */
export async function latestRun(viewer: Viewer, conversationId: string): Promise<Run | null> {
  await requireConversation(viewer, conversationId);
  const [run] = await database()
    .select()
    .from(runs)
    .where(eq(runs.conversationId, conversationId))
    .orderBy(desc(runs.startedAt))
    .limit(1);
  return run ?? null;
}

/** Running runs of every viewer whose process is gone, with the viewer to go on for. Never for a request. */
export async function listStaleRuns(): Promise<{ run: Run; viewer: Viewer }[]> {
  return database()
    .select({ run: runs, viewer: { id: viewers.id, name: viewers.name } })
    .from(runs)
    .innerJoin(conversations, eq(conversations.id, runs.conversationId))
    .innerJoin(viewers, eq(viewers.id, conversations.ownerId))
    .where(and(eq(runs.status, "running"), isStale));
}
