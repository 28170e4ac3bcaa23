import { and, asc, eq, sql } from "drizzle-orm";
import type { Viewer } from "@/lib/auth";
import { type Database, database, type Transaction } from "../client";
import { conversations, type Message, messages } from "../schema";
import { found, lockConversation, requireConversation, requireRunOf } from "./ownership";

export interface NewMessage {
  id: string;
  conversationId: string;
  runId?: string | null;
  role: "user" | "assistant";
  parts: unknown[];
}

/** The conversation's messages in order. */
export async function listMessages(viewer: Viewer, conversationId: string): Promise<Message[]> {
  await requireConversation(viewer, conversationId);
  return database()
    .select()
    .from(messages)
    .where(eq(messages.conversationId, conversationId))
    .orderBy(asc(messages.position));
}

/** One message of the conversation; null when there is none of that id. */
export async function findMessage(
  viewer: Viewer,
  conversationId: string,
  id: string,
): Promise<Message | null> {
  await requireConversation(viewer, conversationId);
  return (await get(database(), { conversationId, id })) ?? null;
}

/** Adds a message at the end. The same id again changes nothing and gives the first one: a request may be repeated. */
export async function appendMessage(
  viewer: Viewer,
  message: NewMessage,
  db: Database | Transaction = database(),
): Promise<Message> {
  return db.transaction(async (tx) => {
    await lockConversation(tx, viewer, message.conversationId);
    return (await get(tx, message)) ?? append(tx, viewer, message);
  });
}

/** Writes a message's parts: replaces those of the id, or adds the message at the end. */
export async function saveMessage(viewer: Viewer, message: NewMessage): Promise<Message> {
  return database().transaction(async (tx) => {
    await lockConversation(tx, viewer, message.conversationId);
    const [saved] = await tx
      .update(messages)
      .set({ parts: message.parts })
      .where(and(eq(messages.conversationId, message.conversationId), eq(messages.id, message.id)))
      .returning();
    return saved ?? append(tx, viewer, message);
  });
}

async function get(
  db: Database | Transaction,
  message: Pick<NewMessage, "conversationId" | "id">,
): Promise<Message | undefined> {
  const [row] = await db
    .select()
    .from(messages)
    .where(and(eq(messages.conversationId, message.conversationId), eq(messages.id, message.id)));
  return row;
}

/** Under the conversation's lock, so no two messages get one position. */
async function append(tx: Transaction, viewer: Viewer, message: NewMessage): Promise<Message> {
  const { conversationId, runId } = message;
  if (runId) await requireRunOf(viewer, conversationId, runId, tx);
  const next = sql<number>`(select coalesce(max(position) + 1, 0) from messages where conversation_id = ${conversationId})`;
  const [row] = await tx
    .insert(messages)
    .values({ ...message, position: next })
    .returning();
  await tx.update(conversations).set({ updatedAt: sql`now()` }).where(eq(conversations.id, conversationId));
  return found(row);
}
