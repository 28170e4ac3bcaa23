import { DefaultChatTransport } from "ai";
import { fetchOrRefuse } from "@/components/fetch-or-refuse";
import type { ChatMessage } from "./types";

/**
 * Sends only the newest message: the server keeps the others. Reconnects to the conversation's running turn from its
 * first event; `onIdle` hears that there is none any more.
 */
export class ConversationTransport extends DefaultChatTransport<ChatMessage> {
  readonly #onIdle: () => void;

  constructor(onIdle: () => void) {
    super({
      fetch: fetchOrRefuse,
      prepareSendMessagesRequest: ({ id, messages }) => {
        const message = messages.at(-1);
        return { body: { conversationId: id, message: { id: message?.id, parts: message?.parts } } };
      },
      prepareReconnectToStreamRequest: ({ id }) => ({
        api: `/api/conversations/${encodeURIComponent(id)}/stream`,
      }),
    });
    this.#onIdle = onIdle;
  }

  override async reconnectToStream(
    options: Parameters<DefaultChatTransport<ChatMessage>["reconnectToStream"]>[0],
  ) {
    const stream = await super.reconnectToStream(options);
    if (stream === null) this.#onIdle();
    return stream;
  }
}
