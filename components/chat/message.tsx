"use client";

import { memo, useState } from "react";
import { PartCard } from "@/components/cards";
import type { CardContext } from "@/components/cards/types";
import { MessageText } from "./message-text";
import type { ChatMessage, ChatPart } from "./types";

/** One message: the person's at the right, the answer as a column of lines, words and cards. */
export const Message = memo(function Message({
  message,
  context,
}: {
  message: ChatMessage;
  context: CardContext;
}) {
  return message.role === "user" ? (
    <div className="space-y-2" data-role="user">
      {message.parts.map((part, index) => (
        <PersonPart key={keyOf(part, index)} part={part} context={context} />
      ))}
    </div>
  ) : (
    <div className="space-y-3" data-role="assistant" aria-busy={context.live}>
      {message.parts.map((part, index) => (
        <AnswerPart
          key={keyOf(part, index)}
          part={part}
          follows={message.parts[index - 1]?.type === "data-progress"}
          context={context}
        />
      ))}
    </div>
  );
});

function keyOf(part: ChatPart, index: number): string {
  return "id" in part && part.id ? `${part.type}-${part.id}` : `${part.type}-${index}`;
}

/** Lines of progress that follow each other stand close together. */
function AnswerPart({ part, follows, context }: { part: ChatPart; follows: boolean; context: CardContext }) {
  if (part.type === "text") return part.text.trim() === "" ? null : <MessageText text={part.text} />;
  if (!("data" in part)) return null;
  return (
    <div className={part.type === "data-progress" && follows ? "-mt-3" : undefined}>
      <PartCard type={part.type} data={part.data} context={context} />
    </div>
  );
}

function PersonPart({ part, context }: { part: ChatPart; context: CardContext }) {
  if (part.type === "text") return <PersonText text={part.text} />;
  return "data" in part ? <PartCard type={part.type} data={part.data} context={context} /> : null;
}

const FOLD = 1200;

function PersonText({ text }: { text: string }) {
  const [unfolded, setUnfolded] = useState(false);
  const folds = text.length > FOLD;
  return (
    <div className="flex justify-end">
      <div className="max-w-[85%] rounded-2xl rounded-br-md bg-hover px-4 py-2 text-[0.9375rem] leading-[1.55]">
        <p className="whitespace-pre-wrap [overflow-wrap:anywhere]">
          {folds && !unfolded ? `${text.slice(0, FOLD)}…` : text}
        </p>
        {folds && (
          <button type="button" className="text-xs text-accent" onClick={() => setUnfolded(!unfolded)}>
            {unfolded ? "Fold" : "Show all"}
          </button>
        )}
      </div>
    </div>
  );
}
