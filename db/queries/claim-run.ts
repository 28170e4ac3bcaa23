import { and, eq, exists, inArray, lt, not, type SQL, sql } from "drizzle-orm";
import type { Viewer } from "@/lib/auth";
import { AppError } from "@/lib/errors";
import { type Database, database, type Transaction } from "../client";
import { approvals, type Run, runs } from "../schema";
import { found, lockConversation, requireRun } from "./ownership";

/** Seconds without a heartbeat after which another process may take a run over. */
export const staleAfterSeconds = 15;

export const isStale = lt(runs.heartbeatAt, sql`now() - make_interval(secs => ${staleAfterSeconds})`);

/**
 * Begins the conversation's one active run. What an earlier process left behind without a heartbeat is closed as
 * failed; a run that waits without an open question is closed as cancelled.
 * @throws AppError RUN_ACTIVE, with `details.runId` and `details.status`, while another one runs or waits for an answer
 */
export async function claimRun(
  viewer: Viewer,
  conversationId: string,
  claim: { messageId: string; claimedBy: string; runId?: string },
  db: Database | Transaction = database(),
): Promise<Run> {
  return db.transaction(async (tx) => {
    await lockConversation(tx, viewer, conversationId);
    await requireIdle(tx, conversationId);
    const { runId, ...values } = claim;
    const [run] = await tx
      .insert(runs)
      .values({ ...values, ...(runId ? { id: runId } : {}), conversationId })
      .returning();
    return found(run);
  });
}

/**
 * Takes up a run that exists: one that waits for the person, or one whose process stopped giving heartbeats. With
 * `messageId` it goes on in a new message; with `approvalId` only while that question is open.
 * @throws AppError RUN_ACTIVE when it is being worked on, APPROVAL_STALE when it or the question is over
 */
export async function reclaimRun(
  viewer: Viewer,
  runId: string,
  { approvalId, ...claim }: { claimedBy: string; messageId?: string; approvalId?: string },
  db: Database | Transaction = database(),
): Promise<Run> {
  return db.transaction(async (tx) => {
    const { conversationId } = await requireRun(viewer, runId, tx);
    await lockConversation(tx, viewer, conversationId);
    const [run] = await tx
      .update(runs)
      .set({
        ...claim,
        status: "running",
        heartbeatAt: sql`now()`,
        // A wish to stop outlives the process that should have heard it, but not the person's next answer.
        cancelRequested: sql`${runs.cancelRequested} and ${runs.status} = 'running'`,
        attempts: sql`case when ${runs.status} = 'running' then ${runs.attempts} + 1 else 1 end`,
        finishedAt: null,
      })
      .where(
        and(
          eq(runs.id, runId),
          sql`(${runs.status} = 'waiting' or (${runs.status} = 'running' and ${isStale}))`,
          approvalId === undefined ? undefined : exists(pendingOf(tx, eq(approvals.id, approvalId))),
        ),
      )
      .returning();
    if (run) return run;
    const current = await requireRun(viewer, runId, tx);
    throw current.status === "running"
      ? runActive(current)
      : new AppError("APPROVAL_STALE", "That run is over.");
  });
}

/**
 * Says that the run is still being worked on. `owned` is false when another process has taken it over or it is over:
 * the caller must stop.
 */
export async function heartbeatRun(
  viewer: Viewer,
  runId: string,
  claimedBy: string,
): Promise<{ owned: boolean; cancelRequested: boolean }> {
  await requireRun(viewer, runId);
  const [row] = await database()
    .update(runs)
    .set({ heartbeatAt: sql`now()` })
    .where(and(eq(runs.id, runId), eq(runs.claimedBy, claimedBy), eq(runs.status, "running")))
    .returning({ cancelRequested: runs.cancelRequested });
  return { owned: row !== undefined, cancelRequested: row?.cancelRequested ?? false };
}

/** Call under the conversation's lock. */
export async function requireIdle(tx: Transaction, conversationId: string): Promise<void> {
  await closeLeftovers(tx, conversationId);
  const [active] = await tx
    .select()
    .from(runs)
    .where(and(eq(runs.conversationId, conversationId), inArray(runs.status, ["running", "waiting"])));
  if (active) throw runActive(active);
}

/** Closes the conversation's open question without an answer, if there is one. Call under its lock. */
export async function supersedePending(tx: Transaction, conversationId: string): Promise<void> {
  await tx
    .update(approvals)
    .set({ status: "superseded" })
    .where(and(eq(approvals.conversationId, conversationId), eq(approvals.status, "pending")));
}

async function closeLeftovers(tx: Transaction, conversationId: string): Promise<void> {
  const ofConversation = eq(runs.conversationId, conversationId);
  const [dead] = await tx
    .update(runs)
    .set({ status: "failed", errorCode: "INTERNAL", finishedAt: sql`now()` })
    .where(and(ofConversation, eq(runs.status, "running"), isStale))
    .returning();
  if (dead) await supersedePending(tx, conversationId);
  await tx
    .update(runs)
    .set({ status: "cancelled", finishedAt: sql`now()` })
    .where(
      and(
        ofConversation,
        eq(runs.status, "waiting"),
        not(exists(pendingOf(tx, eq(approvals.runId, runs.id)))),
      ),
    );
}

function pendingOf(tx: Transaction, which: SQL) {
  return tx
    .select({ id: approvals.id })
    .from(approvals)
    .where(and(which, eq(approvals.status, "pending")));
}

function runActive(run: Run): AppError {
  const sentence =
    run.status === "waiting"
      ? "This conversation waits for your answer to a question. Answer it first."
      : undefined;
  return new AppError("RUN_ACTIVE", sentence, { details: { runId: run.id, status: run.status } });
}
