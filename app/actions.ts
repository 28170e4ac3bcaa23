"use server";

import { randomUUID } from "node:crypto";
import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";
import { readMessage } from "@/agents/read-message";
import { forgetConversation, start } from "@/agents/run";
import { openVisibleMart } from "@/app/marts/read-marts";
import { currentViewer } from "@/app/viewer";
import { createConversation, renameConversation } from "@/db/queries";
import { toAppError } from "@/lib/errors";
import { log } from "@/lib/log";

export type ActionResult = { ok: true } | { ok: false; message: string };

const id = z.string().min(1).max(64);

/** Begins a conversation with its first message, and goes there: the page follows the run that has begun. */
export async function beginConversation(mart: string, text: string): Promise<ActionResult> {
  let conversationId = "";
  const result = await attempt(async () => {
    const message = { id: randomUUID(), parts: [{ type: "text" as const, text: z.string().parse(text) }] };
    // Refused before a conversation is made for it.
    readMessage(message);
    const viewer = await currentViewer();
    await openVisibleMart(viewer, z.string().max(64).parse(mart));
    conversationId = (await createConversation(viewer, { title: titleOf(text), mart })).id;
    await start(viewer, { conversationId, message });
  });
  if (!result.ok) return result;
  revalidatePath("/", "layout");
  redirect(`/c/${conversationId}`);
}

export async function rename(conversationId: string, title: string): Promise<ActionResult> {
  return attempt(async () => {
    await renameConversation(
      await currentViewer(),
      id.parse(conversationId),
      z.string().max(2000).parse(title),
    );
    revalidatePath("/", "layout");
  });
}

export async function remove(conversationId: string): Promise<ActionResult> {
  return attempt(async () => {
    await forgetConversation(await currentViewer(), id.parse(conversationId));
    revalidatePath("/", "layout");
  });
}

/** The first line, cut between words. */
function titleOf(text: string): string {
  const line = text.trim().split("\n")[0] ?? "";
  if (line.length <= 70) return line;
  const cut = line.slice(0, 70);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(" "), 40)).replace(/[\s,;:.]+$/, "")}…`;
}

/** An action's own errors are hidden from the browser in production, so what a person may read is returned. */
async function attempt(work: () => Promise<void>): Promise<ActionResult> {
  try {
    await work();
    return { ok: true };
  } catch (thrown) {
    const error = toAppError(thrown);
    if (error.status >= 500) log.error("action failed", { error });
    return { ok: false, message: error.message };
  }
}
