import type { UIMessageChunk } from "ai";
import { appendRunEvents, listRunEvents, saveMessage } from "@/db/queries";
import type { Viewer } from "@/lib/auth";
import type { MessageParts, NoticePart } from "./parts";
import type { TurnEvent } from "./turn";

interface Target {
  viewer: Viewer;
  conversationId: string;
  runId: string;
  messageId: string;
}

export type MessageChunk = UIMessageChunk<unknown, MessageParts>;

/** What was sent of a message so far, by whichever process. */
export async function storedChunks({ viewer, runId, messageId }: Target): Promise<MessageChunk[]> {
  const events = await listRunEvents(viewer, runId, 0);
  return events.filter((event) => event.messageId === messageId).map((event) => event.chunk as MessageChunk);
}

/** A part as it is stored in a message. */
export type StoredPart =
  | {
      [K in keyof MessageParts]: { type: `data-${K}`; id: string; data: MessageParts[K] };
    }[keyof MessageParts]
  | { type: "text"; text: string };

export const endingId = "ending";

/**
 * Writes one assistant message: every event is stored among the run's events, whose readers see it at once, and in the
 * message by the time its node is over. A part sent again takes its place; words sent again are not repeated.
 */
export class MessageWriter {
  readonly #parts = new Map<string, StoredPart>();
  readonly #target: Target;
  #queue: Promise<void> = Promise.resolve();
  #isSaved = false;
  #isFinished = false;

  constructor(target: Target) {
    this.#target = target;
  }

  async start(): Promise<void> {
    await this.#save();
    await this.#store([{ type: "start", messageId: this.#target.messageId }]);
  }

  /** Takes over from a process that died: what it had sent stays sent. */
  restore(chunks: MessageChunk[]): void {
    for (const chunk of chunks) {
      if (chunk.type === "finish") this.#isFinished = true;
      if (chunk.type === "text-delta") this.#parts.set(chunk.id, { type: "text", text: chunk.delta });
      else if (chunk.type.startsWith("data-")) {
        const part = chunk as Exclude<StoredPart, { type: "text" }>;
        this.#parts.set(part.id, { type: part.type, id: part.id, data: part.data } as StoredPart);
      }
    }
  }

  /** Does the message have a part of this kind? */
  has(type: keyof MessageParts): boolean {
    return [...this.#parts.values()].some((part) => part.type === `data-${type}`);
  }

  /** The notice that tells how a turn that was stopped or failed ended, once it is told. */
  get ending(): NoticePart | null {
    const part = this.#parts.get(endingId);
    return part?.type === "data-notice" ? part.data : null;
  }

  /** Writes in the order of the calls, without waiting. {@link delivered} says when, and whether, it is stored. */
  send(event: TurnEvent): void {
    this.#queue = this.#queue.then(() => this.write(event));
    // Told by `delivered`; a queue that nobody waits for any more must not end the process.
    this.#queue.catch(() => {});
  }

  /**
   * Everything sent so far is stored, as events and in the message. A node waits for it, so that what is checkpointed has
   * been said. The message is written once per node: while the run works, readers follow its events.
   */
  async delivered(): Promise<void> {
    const sent = this.#queue;
    // A failure is told once; what is sent after it has its own chance.
    this.#queue = Promise.resolve();
    await sent;
    if (!this.#isSaved) await this.#save();
  }

  async write(event: TurnEvent): Promise<void> {
    if (event.kind === "text") {
      if (this.#parts.has(event.id)) return;
      this.#set(event.id, { type: "text", text: event.text });
      await this.#store([
        { type: "text-start", id: event.id },
        { type: "text-delta", id: event.id, delta: event.text },
        { type: "text-end", id: event.id },
      ]);
      return;
    }
    const part = { type: `data-${event.type}`, id: event.id, data: event.data } as Exclude<
      StoredPart,
      { type: "text" }
    >;
    this.#set(event.id, part);
    await this.#store([part as MessageChunk]);
  }

  async finish(): Promise<void> {
    if (this.#isFinished) return;
    // Lines that still spin belong to work that was cut off.
    for (const [id, part] of this.#parts) {
      if (part.type === "data-progress" && part.data.state === "running") {
        await this.write({ kind: "part", type: "progress", id, data: { ...part.data, state: "failed" } });
      }
    }
    await this.delivered();
    await this.#store([{ type: "finish" }]);
    this.#isFinished = true;
  }

  #set(id: string, part: StoredPart): void {
    this.#parts.set(id, part);
    this.#isSaved = false;
  }

  async #save(): Promise<void> {
    const { viewer, conversationId, runId, messageId } = this.#target;
    const parts = [...this.#parts.values()];
    this.#isSaved = true;
    await saveMessage(viewer, { id: messageId, conversationId, runId, role: "assistant", parts });
  }

  async #store(chunks: MessageChunk[]): Promise<void> {
    const { viewer, runId, messageId } = this.#target;
    await appendRunEvents(viewer, runId, messageId, chunks);
  }
}
