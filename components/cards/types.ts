import type { ReactNode } from "react";
import type { ApprovalPart, DecisionPart, MessageParts, TableChoicePart } from "@/agents/parts";

/** How a question on a card stands, from the stored message or from what the person said after it. */
export interface ApprovalOutcome {
  status: ApprovalPart["status"];
  decidedBy?: string;
  /** What was answered, where it was a click. */
  decision?: DecisionPart;
}

/** What a card may know and do beside its own data. */
export interface CardContext {
  /** A run is going on: nothing can be sent. */
  busy: boolean;
  /** The card's message is being written now. */
  live: boolean;
  /** The card belongs to the last answer: what it offers still stands. */
  latest: boolean;
  outcomeOf(approval: ApprovalPart): ApprovalOutcome;
  titleOf(approvalId: string): ApprovalPart | undefined;
  decide(decision: DecisionPart): void;
  choose(choice: TableChoicePart): void;
  /** Puts words where the person writes, to be changed and sent. */
  suggest(text: string): void;
}

export interface CardProps<K extends keyof MessageParts> {
  data: MessageParts[K];
  context: CardContext;
}

export type CardRegistry = { [K in keyof MessageParts]: (props: CardProps<K>) => ReactNode };
