import { and, eq } from "drizzle-orm";
import type { Viewer } from "@/lib/auth";
import { database } from "../client";
import { conversations, results, type StoredResult } from "../schema";
import { found, requireRunOf } from "./ownership";

/** Keeps what a plan gave. The same plan in the same run is one result. @returns its id */
export async function saveResult(
  viewer: Viewer,
  result: { conversationId: string; runId: string; payload: StoredResult },
): Promise<string> {
  const { conversationId, runId, payload } = result;
  await requireRunOf(viewer, conversationId, runId, database());
  const id = `${runId}-${payload.planHash.slice(0, 16)}`;
  await database()
    .insert(results)
    .values({ id, ...result })
    .onConflictDoUpdate({ target: results.id, set: { payload } });
  return id;
}

/** @throws AppError NOT_FOUND */
export async function getResult(
  viewer: Viewer,
  id: string,
): Promise<StoredResult & { id: string; conversationId: string }> {
  const [row] = await database()
    .select({ result: results })
    .from(results)
    .innerJoin(conversations, eq(conversations.id, results.conversationId))
    .where(and(eq(results.id, id), eq(conversations.ownerId, viewer.id)));
  const { payload, conversationId } = found(row).result;
  return { ...payload, id, conversationId };
}
