import type { UIMessage } from "ai";
import type { MessageParts } from "@/agents/parts";

export type ChatMessage = UIMessage<never, MessageParts>;
export type ChatPart = ChatMessage["parts"][number];
