import { and, eq } from "drizzle-orm";
import type { Viewer } from "@/lib/auth";
import { AppError } from "@/lib/errors";
import { type Database, database, type Transaction } from "../client";
import { type Conversation, conversations, type Run, runs } from "../schema";

/*
 * Who may: the only place that says it. Another person's thing gets the same answer as a missing one, so that ids
 * cannot be guessed.
 */

/** @throws AppError NOT_FOUND */
export async function requireConversation(
  viewer: Viewer,
  id: string,
  db: Database | Transaction = database(),
): Promise<Conversation> {
  const [row] = await db
    .select()
    .from(conversations)
    .where(and(eq(conversations.id, id), eq(conversations.ownerId, viewer.id)));
  return found(row);
}

/** The conversation, locked until the transaction ends: whoever changes its runs or messages does so one by one. */
export async function lockConversation(tx: Transaction, viewer: Viewer, id: string): Promise<Conversation> {
  const [row] = await tx
    .select()
    .from(conversations)
    .where(and(eq(conversations.id, id), eq(conversations.ownerId, viewer.id)))
    .for("update");
  return found(row);
}

/** @throws AppError NOT_FOUND */
export async function requireRun(
  viewer: Viewer,
  id: string,
  db: Database | Transaction = database(),
): Promise<Run> {
  const [row] = await db
    .select({ run: runs })
    .from(runs)
    .innerJoin(conversations, eq(conversations.id, runs.conversationId))
    .where(and(eq(runs.id, id), eq(conversations.ownerId, viewer.id)));
  return found(row).run;
}

/** A run of this conversation, which the viewer owns. */
export async function requireRunOf(
  viewer: Viewer,
  conversationId: string,
  runId: string,
  db: Database | Transaction,
): Promise<Run> {
  const run = await requireRun(viewer, runId, db);
  return found(run.conversationId === conversationId ? run : undefined);
}

export function found<T>(row: T | undefined): T {
  if (row === undefined) throw new AppError("NOT_FOUND");
  return row;
}
