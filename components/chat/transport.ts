import { DefaultChatTransport } from "ai";
import { fetchOrRefuse } from "@/components/fetch-or-refuse";
import type { ChatMessage } from "./types";

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
