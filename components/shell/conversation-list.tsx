"use client";

import { type ConversationActions, ConversationItem, type ListedConversation } from "./conversation-item";

/** The viewer's conversations under the day they were last used. `today` is the server's midnight, in milliseconds. */
export function ConversationList({
  conversations,
  today,
  actions,
}: {
  conversations: ListedConversation[];
  today: number;
  actions: ConversationActions;
}) {
  const day = 86_400_000;
  const groups = [
    { title: "Today", from: today, to: Number.POSITIVE_INFINITY },
    { title: "Yesterday", from: today - day, to: today },
    { title: "Last 7 days", from: today - 7 * day, to: today - day },
    { title: "Earlier", from: Number.NEGATIVE_INFINITY, to: today - 7 * day },
  ];
  if (conversations.length === 0) {
    return <p className="px-2 py-1 text-xs text-faint">Your conversations will be listed here.</p>;
  }
  return groups.map(({ title, from, to }) => {
    const within = conversations.filter(({ updatedAt }) => updatedAt >= from && updatedAt < to);
    if (within.length === 0) return null;
    return (
      <section key={title} className="mb-3">
        <h2 className="px-2 pb-1 text-2xs font-medium text-faint">{title}</h2>
        <ul>
          {within.map((conversation) => (
            <ConversationItem key={conversation.id} conversation={conversation} actions={actions} />
          ))}
        </ul>
      </section>
    );
  });
}
