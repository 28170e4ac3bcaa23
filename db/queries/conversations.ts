import { and, desc, eq, sql } from "drizzle-orm";
import type { Viewer } from "@/lib/auth";
import { AppError } from "@/lib/errors";
import { checkpointSaver } from "../checkpoints";
import { database } from "../client";
import { storable } from "../columns";
import { type Conversation, conversations, viewers } from "../schema";
import { requireIdle } from "./claim-run";
import { found, lockConversation, requireConversation } from "./ownership";

/** Begins a conversation about one mart. `id` may be given; the same id again gives the viewer's first one. */
export async function createConversation(
  viewer: Viewer,
  conversation: { id?: string; title: string; mart: string },
): Promise<Conversation> {
  return database().transaction(async (tx) => {
    await tx
      .insert(viewers)
      .values(viewer)
      .onConflictDoUpdate({ target: viewers.id, set: { name: viewer.name } });
    const [created] = await tx
      .insert(conversations)
      .values({ ...conversation, title: title(conversation.title), ownerId: viewer.id })
      .onConflictDoNothing()
      .returning();
    return created ?? requireConversation(viewer, conversation.id ?? "", tx);
  });
}

/** @throws AppError NOT_FOUND */
export async function getConversation(viewer: Viewer, id: string): Promise<Conversation> {
  return requireConversation(viewer, id);
}

/** The viewer's conversations, last used first, at most 200. */
export async function listConversations(viewer: Viewer): Promise<Conversation[]> {
  return database()
    .select()
    .from(conversations)
    .where(eq(conversations.ownerId, viewer.id))
    .orderBy(desc(conversations.updatedAt))
    .limit(200);
}

/** @throws AppError NOT_FOUND, BAD_INPUT for an empty title */
export async function renameConversation(viewer: Viewer, id: string, name: string): Promise<Conversation> {
  const newTitle = title(name);
  if (!newTitle) throw new AppError("BAD_INPUT", "A title needs at least one letter.");
  const [row] = await database()
    .update(conversations)
    .set({ title: newTitle, updatedAt: sql`now()` })
    .where(and(eq(conversations.id, id), eq(conversations.ownerId, viewer.id)))
    .returning();
  return found(row);
}

/**
 * Deletes a conversation with its messages, runs, approvals, results and checkpoints. Exports stay: they were published.
 * @throws AppError NOT_FOUND, RUN_ACTIVE while it is being worked on
 */
export async function deleteConversation(viewer: Viewer, id: string): Promise<void> {
  await database().transaction(async (tx) => {
    await lockConversation(tx, viewer, id);
    await requireIdle(tx, id);
    // First, so that a deletion that fails halfway can be asked for again.
    await checkpointSaver().deleteThread(id);
    await tx.delete(conversations).where(eq(conversations.id, id));
  });
}

function title(text: string): string {
  return storable(text).trim().slice(0, 200);
}
