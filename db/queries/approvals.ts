import { and, desc, eq, sql } from "drizzle-orm";
import type { Viewer } from "@/lib/auth";
import { AppError } from "@/lib/errors";
import { type Database, database, type Transaction } from "../client";
import { type Approval, approvals, conversations, viewers } from "../schema";
import { supersedePending } from "./claim-run";
import { found, lockConversation, requireConversation, requireRun, requireRunOf } from "./ownership";

export interface NewApproval {
  id: string;
  conversationId: string;
  runId: string;
  kind: Approval["kind"];
  /** What is asked, and what runs when it is approved. */
  payload: unknown;
  payloadHash: string;
}

/**
 * Stores a question. The same id again gives the first one, whatever became of it. A conversation has one open
 * question: an older one that nobody answered is superseded.
 */
export async function createApproval(viewer: Viewer, approval: NewApproval): Promise<Approval> {
  return database().transaction(async (tx) => {
    await lockConversation(tx, viewer, approval.conversationId);
    await requireRunOf(viewer, approval.conversationId, approval.runId, tx);
    const [existing] = await tx.select().from(approvals).where(eq(approvals.id, approval.id));
    if (existing) return found(existing.conversationId === approval.conversationId ? existing : undefined);
    await supersedePending(tx, approval.conversationId);
    const [created] = await tx.insert(approvals).values(approval).returning();
    return found(created);
  });
}

/** @throws AppError NOT_FOUND */
export async function getApproval(
  viewer: Viewer,
  id: string,
  db: Database | Transaction = database(),
): Promise<Approval> {
  const [row] = await db
    .select({ approval: approvals })
    .from(approvals)
    .innerJoin(conversations, eq(conversations.id, approvals.conversationId))
    .where(and(eq(approvals.id, id), eq(conversations.ownerId, viewer.id)));
  return found(row).approval;
}

/** The conversation's open question, or null. */
export async function getPendingApproval(viewer: Viewer, conversationId: string): Promise<Approval | null> {
  await requireConversation(viewer, conversationId);
  const [row] = await database()
    .select()
    .from(approvals)
    .where(and(eq(approvals.conversationId, conversationId), eq(approvals.status, "pending")));
  return row ?? null;
}

/** The export that the person approved in a run; null where none was. @throws AppError NOT_FOUND */
export async function getApprovedExport(viewer: Viewer, runId: string): Promise<Approval | null> {
  await requireRun(viewer, runId);
  const [row] = await database()
    .select()
    .from(approvals)
    .where(and(eq(approvals.runId, runId), eq(approvals.kind, "export"), eq(approvals.status, "approved")))
    .orderBy(desc(approvals.decidedAt))
    .limit(1);
  return row ?? null;
}

/**
 * Decides a question, once: of two answers at the same moment one wins.
 * @throws AppError NOT_FOUND; APPROVAL_DECIDED with `details.decidedBy` (a name) and `details.decision`; APPROVAL_STALE
 *   when another question took its place
 */
export async function decideApproval(
  viewer: Viewer,
  id: string,
  status: "approved" | "rejected",
  decision: Record<string, unknown>,
  db: Database | Transaction = database(),
): Promise<Approval> {
  const { conversationId } = await getApproval(viewer, id, db);
  const [decided] = await db
    .update(approvals)
    .set({ status, decision, decidedBy: viewer.id, decidedAt: sql`now()` })
    .where(
      and(
        eq(approvals.id, id),
        eq(approvals.conversationId, conversationId),
        eq(approvals.status, "pending"),
      ),
    )
    .returning();
  if (decided) return decided;
  throw await alreadyClosed(viewer, id, db);
}

async function alreadyClosed(viewer: Viewer, id: string, db: Database | Transaction): Promise<AppError> {
  const { status, decision, decidedBy } = await getApproval(viewer, id, db);
  if (status === "superseded") return new AppError("APPROVAL_STALE");
  const [person] = await db
    .select({ name: viewers.name })
    .from(viewers)
    .where(eq(viewers.id, decidedBy ?? ""));
  return new AppError("APPROVAL_DECIDED", undefined, {
    details: { decidedBy: person?.name ?? null, decision, status },
  });
}
