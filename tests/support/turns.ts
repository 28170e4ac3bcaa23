import { randomUUID } from "node:crypto";
import type { MessageChunk } from "@/agents/message-writer";
import type { ApprovalPart, DecisionPart, MessageParts, QueryPart } from "@/agents/parts";
import type { PersonMessage } from "@/agents/read-message";
import { allRunsSettled, followRun, start } from "@/agents/run";
import { createConversation } from "@/db/queries";
import type { Viewer } from "@/lib/auth";

/** What one assistant message brought, as a reader of the stream saw it. */
export interface Heard {
  chunks: MessageChunk[];
  text: string;
  approval: ApprovalPart | null;
  parts<K extends keyof MessageParts>(type: K): MessageParts[K][];
}

export const words = (text: string): PersonMessage => ({ id: randomUUID(), parts: [{ type: "text", text }] });

export const decide = (
  approval: ApprovalPart | null,
  data: Omit<DecisionPart, "approvalId">,
): PersonMessage => ({
  id: randomUUID(),
  parts: [{ type: "data-decision", data: { ...data, approvalId: approval?.approvalId ?? "none" } }],
});

export const yes = (approval: ApprovalPart | null, groups: string[] = []): PersonMessage =>
  decide(approval, { decision: "approve", answers: {}, groups });

export const no = (approval: ApprovalPart | null): PersonMessage =>
  decide(approval, { decision: "reject", answers: {}, groups: [] });

/** A new conversation: call it with what is said to it. */
export async function begin(
  viewer: Viewer,
): Promise<{ (message: PersonMessage | string): Promise<Heard>; id: string }> {
  const { id } = await createConversation(viewer, { title: "A test", mart: "auto-marketplace" });
  return Object.assign((message: PersonMessage | string) => say(viewer, id, message), { id });
}

/** Says something and hears the answer to its end. */
export async function say(
  viewer: Viewer,
  conversationId: string,
  said: PersonMessage | string,
): Promise<Heard> {
  const { ended } = await listen(viewer, conversationId, said);
  const answer = await ended;
  await allRunsSettled();
  return answer;
}

/** Says something and hears the answer while it comes; others may be at work. */
export async function listen(
  viewer: Viewer,
  conversationId: string,
  said: PersonMessage | string,
): Promise<{ ended: Promise<Heard>; soFar: () => Heard }> {
  const message = typeof said === "string" ? words(said) : said;
  const { runId } = await start(viewer, { conversationId, message });
  const chunks: MessageChunk[] = [];
  const { signal } = new AbortController();
  const ended = (async () => {
    for await (const { chunk } of followRun(viewer, runId, { after: 0, signal })) chunks.push(chunk);
    return heard(chunks);
  })();
  return { ended, soFar: () => heard(chunks) };
}

/** The SQL that was shown last. */
export function queryOf(answer: Heard): QueryPart {
  const last = answer.parts("query").at(-1);
  if (!last) throw new Error(`No SQL was run: ${JSON.stringify(answer.parts("notice"))} ${answer.text}`);
  return last;
}

export function heard(chunks: MessageChunk[]): Heard {
  const parts = <K extends keyof MessageParts>(type: K) =>
    chunks.flatMap((chunk) =>
      chunk.type === `data-${type}` ? [(chunk as unknown as { data: MessageParts[K] }).data] : [],
    );
  return {
    chunks,
    parts,
    text: chunks.flatMap((chunk) => (chunk.type === "text-delta" ? [chunk.delta] : [])).join("\n"),
    approval: parts("approval").at(-1) ?? null,
  };
}
