import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import { readConversation } from "@/app/read-conversation";
import { currentViewer } from "@/app/viewer";
import { Chat } from "@/components/chat/chat";
import { getConversation } from "@/db/queries";
import { AppError } from "@/lib/errors";

interface Props {
  params: Promise<{ id: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { id } = await params;
  return { title: (await orNotFound(getConversation(await currentViewer(), id))).title };
}

export default async function ConversationPage({ params }: Props) {
  const { id } = await params;
  const { conversation, messages, running } = await orNotFound(readConversation(await currentViewer(), id));
  return (
    <main className="flex min-h-0 flex-1 flex-col">
      <header className="flex h-11 shrink-0 items-center justify-between gap-4 border-b border-line px-4 sm:px-6">
        <h1 className="min-w-0 truncate font-medium">{conversation.title}</h1>
        <Link
          href={`/marts/${conversation.mart}`}
          className="shrink-0 rounded border border-line px-2 py-0.5 font-mono text-2xs text-dim hover:bg-hover hover:text-ink"
        >
          {conversation.mart}
        </Link>
      </header>
      <Chat key={id} conversation={{ id, messages, running }} />
    </main>
  );
}

async function orNotFound<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof AppError && error.code === "NOT_FOUND") notFound();
    throw error;
  }
}
