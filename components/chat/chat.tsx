"use client";

import { type RefObject, useLayoutEffect, useMemo, useRef } from "react";
import { Notice } from "@/components/cards/notice";
import type { CardContext } from "@/components/cards/types";
import { Button } from "@/components/ui/button";
import { Spinner } from "@/components/ui/spinner";
import { Announcer } from "./announcer";
import { approvalOutcomes, findApproval } from "./approval-outcomes";
import { Composer } from "./composer";
import { Message } from "./message";
import { type StoredConversation, useConversation } from "./use-conversation";
import { useStickToEnd } from "./use-stick-to-end";

/** The conversation: its messages, and where the person answers. */
export function Chat({ conversation }: { conversation: StoredConversation }) {
  const chat = useConversation(conversation);
  const { messages, busy } = chat;
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const { atEnd, toEnd } = useStickToEnd(scroller, content);
  useLayoutEffect(toEnd, [toEnd]);

  const outcomes = approvalOutcomes(messages);
  const waits = !busy && [...outcomes.values()].some((outcome) => outcome.status === "pending");
  const composer = useRef<{ focus(): void }>(null);
  const contextOf = useCardContexts(chat, outcomes, composer);
  const lastAnswer = messages.findLast((message) => message.role === "assistant")?.id;
  const writing = busy && messages.at(-1)?.role === "assistant" ? lastAnswer : undefined;

  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div ref={scroller} className="scroll-slim min-h-0 flex-1 overflow-y-auto [scrollbar-gutter:stable]">
        <div ref={content} className="mx-auto max-w-[56rem] space-y-6 px-4 pt-6 pb-8 sm:px-6">
          {messages.map((message) => (
            <Message
              key={message.id}
              message={message}
              context={contextOf(message.id === writing, message.id === lastAnswer)}
            />
          ))}
          {busy && !writing && <Waiting text="Reading the request" />}
          {chat.reconnecting && <Waiting text="The connection was lost. The run goes on; reconnecting" />}
          {chat.notice && <Notice data={chat.notice} />}
        </div>
      </div>
      <div className="relative">
        {!atEnd && (
          <div className="absolute inset-x-0 -top-11 flex justify-center">
            <Button className="shadow-sm" onClick={toEnd}>
              {busy ? "Follow the run ↓" : "To the end ↓"}
            </Button>
          </div>
        )}
        {/* The gutter keeps it in line with the cards, which stand beside a scrollbar. */}
        <div className="scroll-slim overflow-hidden px-4 pt-1 pb-3 [scrollbar-gutter:stable] sm:px-6">
          <div className="mx-auto max-w-[53rem]">
            <Composer
              ref={composer}
              text={chat.draft}
              onChange={chat.setDraft}
              onSend={() => {
                chat.sendText();
                toEnd();
              }}
              placeholder={
                waits
                  ? "Decide above, or answer in your own words"
                  : "Refine the matrix, ask about the data, or sql SELECT …"
              }
              running={busy}
              stopping={chat.stopping}
              onStop={chat.stop}
              autoFocus
            />
          </div>
        </div>
      </div>
      <Announcer messages={messages} busy={busy} waits={waits} />
    </div>
  );
}

/** One context for each of the few situations that a message can be in, kept the same while nothing in it changes. */
function useCardContexts(
  chat: ReturnType<typeof useConversation>,
  outcomes: ReturnType<typeof approvalOutcomes>,
  composer: RefObject<{ focus(): void } | null>,
): (live: boolean, latest: boolean) => CardContext {
  const now = useRef({ chat, outcomes });
  now.current = { chat, outcomes };
  const { busy } = chat;
  const outcomesKey = JSON.stringify([...outcomes]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the outcomes
  return useMemo(() => {
    const made = new Map<string, CardContext>();
    return (live, latest) => {
      const key = `${live} ${latest}`;
      const context = made.get(key) ?? {
        busy,
        live,
        latest,
        outcomeOf: (approval) => now.current.outcomes.get(approval.approvalId) ?? { status: approval.status },
        titleOf: (approvalId) => findApproval(now.current.chat.messages, approvalId),
        decide: (decision) => now.current.chat.decide(decision),
        choose: (choice) => now.current.chat.choose(choice),
        suggest: (text) => {
          const { draft, setDraft } = now.current.chat;
          setDraft(draft.trim() ? `${draft.trim()}, ${text}` : text);
          composer.current?.focus();
        },
      };
      made.set(key, context);
      return context;
    };
  }, [busy, outcomesKey, composer]);
}

function Waiting({ text }: { text: string }) {
  return (
    <p className="flex items-center gap-2 text-[0.8125rem] text-dim">
      <Spinner /> {text}
    </p>
  );
}
