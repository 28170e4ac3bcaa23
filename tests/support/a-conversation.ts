import { randomUUID } from "node:crypto";
import { claimRun, createConversation } from "@/db/queries";
import type { Conversation, Run } from "@/db/schema";
import type { Viewer } from "@/lib/auth";

export async function aConversation(viewer: Viewer): Promise<Conversation> {
  return createConversation(viewer, { title: "Sellers in Pune", mart: "auto-marketplace" });
}

/** A conversation of the viewer's whose run was just claimed. */
export async function aRun(viewer: Viewer): Promise<{ conversation: Conversation; run: Run }> {
  const conversation = await aConversation(viewer);
  const run = await claimRun(viewer, conversation.id, { messageId: randomUUID(), claimedBy: "this process" });
  return { conversation, run };
}
