import { DefaultChatTransport } from "ai";
import type { ChatMessage } from "./types";

/** A refusal of the server, in its own words. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, details: Record<string, unknown> = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/**
 * Sends only the newest message: the server keeps the others. Reconnects to the conversation's running turn from its
 * first event.
 */
export function createTransport(): DefaultChatTransport<ChatMessage> {
  return new DefaultChatTransport<ChatMessage>({
    fetch: fetchOrRefuse,
    prepareSendMessagesRequest: ({ id, messages }) => {
      const message = messages.at(-1);
      return { body: { conversationId: id, message: { id: message?.id, parts: message?.parts } } };
    },
    prepareReconnectToStreamRequest: ({ id }) => ({
      api: `/api/conversations/${encodeURIComponent(id)}/stream`,
    }),
  });
}

/** @throws RefusedError when the server says no; TypeError when it cannot be reached */
export async function fetchOrRefuse(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const response = await fetch(input, init);
  if (response.ok) return response;
  const body: unknown = await response.json().catch(() => null);
  throw refusalOf(body) ?? new RefusedError("INTERNAL", `The server answered ${response.status}. Try again.`);
}

function refusalOf(body: unknown): RefusedError | null {
  if (typeof body !== "object" || body === null || !("error" in body)) return null;
  const { code, message, details } = body.error as {
    code?: string;
    message?: string;
    details?: Record<string, unknown>;
  };
  return code && message ? new RefusedError(code, message, details) : null;
}
