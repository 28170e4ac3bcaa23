import { and, desc, eq } from "drizzle-orm";
import type { Viewer } from "@/lib/auth";
import { database } from "../client";
import { type ExportRow, publishedExports } from "../schema";
import { getApproval } from "./approvals";
import { found, requireConversation, requireRunOf } from "./ownership";

/** Records a published export. The same approval again gives the first one. @returns its id */
export async function saveExport(
  viewer: Viewer,
  made: {
    approvalId: string;
    conversationId: string;
    runId: string;
    published: { mart: string; stamp: string; prefix: string; manifest: unknown };
  },
): Promise<string> {
  const { approvalId, conversationId, runId, published } = made;
  await requireRunOf(viewer, conversationId, runId, database());
  found((await getApproval(viewer, approvalId)).conversationId === conversationId || undefined);
  const { mart, stamp, prefix, manifest } = published;
  await database()
    .insert(publishedExports)
    .values({ approvalId, conversationId, runId, ownerId: viewer.id, mart, stamp, prefix, manifest })
    .onConflictDoNothing({ target: publishedExports.approvalId });
  const [row] = await database()
    .select({ id: publishedExports.id })
    .from(publishedExports)
    .where(and(eq(publishedExports.approvalId, approvalId), eq(publishedExports.ownerId, viewer.id)));
  return found(row).id;
}

/** @throws AppError NOT_FOUND */
export async function getExport(viewer: Viewer, id: string): Promise<ExportRow> {
  const [row] = await database()
    .select()
    .from(publishedExports)
    .where(and(eq(publishedExports.id, id), eq(publishedExports.ownerId, viewer.id)));
  return found(row);
}

/** The viewer's exports, newest first; of one conversation when it is given. */
export async function listExports(viewer: Viewer, conversationId?: string): Promise<ExportRow[]> {
  if (conversationId) await requireConversation(viewer, conversationId);
  return database()
    .select()
    .from(publishedExports)
    .where(
      and(
        eq(publishedExports.ownerId, viewer.id),
        conversationId ? eq(publishedExports.conversationId, conversationId) : undefined,
      ),
    )
    .orderBy(desc(publishedExports.createdAt))
    .limit(500);
}
