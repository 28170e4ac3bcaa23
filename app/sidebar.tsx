import Link from "next/link";
import { remove, rename } from "@/app/actions";
import { currentViewer } from "@/app/viewer";
import type { ListedConversation } from "@/components/shell/conversation-item";
import { ConversationList } from "@/components/shell/conversation-list";
import { type Theme, ThemeButton } from "@/components/shell/theme-button";
import { Icon, type IconName } from "@/components/ui/icon";
import { listConversations } from "@/db/queries";
import { toAppError } from "@/lib/errors";
import { log } from "@/lib/log";

export async function Sidebar({ theme }: { theme: Theme }) {
  const { conversations, problem } = await readConversations();
  return (
    <>
      <div className="flex h-11 shrink-0 items-center px-4">
        <Link href="/" className="flex items-center gap-2 font-semibold tracking-tight">
          <Mark />
          Feature Mart
        </Link>
      </div>
      <nav aria-label="Conversations" className="flex min-h-0 flex-1 flex-col">
        <div className="space-y-0.5 px-2 pb-3">
          <NavLink href="/" icon="plus" label="New matrix" />
          <NavLink href="/marts" icon="database" label="Marts" />
          <NavLink href="/pipeline" icon="pipeline" label="Pipeline" />
        </div>
        <div className="scroll-slim min-h-0 flex-1 overflow-y-auto px-2">
          {problem && <p className="px-2 py-1 text-xs text-bad">{problem}</p>}
          {!problem && (
            <ConversationList
              conversations={conversations}
              today={new Date().setHours(0, 0, 0, 0)}
              actions={{ rename, remove }}
            />
          )}
        </div>
      </nav>
      <div className="flex items-center justify-between border-t border-line px-2 py-1.5">
        <ThemeButton initial={theme} />
      </div>
    </>
  );
}

/** The page itself must be there even when the database is not. */
async function readConversations(): Promise<{ conversations: ListedConversation[]; problem: string | null }> {
  try {
    const conversations = await listConversations(await currentViewer());
    return {
      conversations: conversations.map(({ id, title, updatedAt }) => ({
        id,
        title: title || "Untitled",
        updatedAt: updatedAt.getTime(),
      })),
      problem: null,
    };
  } catch (thrown) {
    const error = toAppError(thrown);
    log.error("conversations not read", { error });
    return { conversations: [], problem: error.message };
  }
}

function NavLink({ href, icon, label }: { href: string; icon: IconName; label: string }) {
  return (
    <Link
      href={href}
      className="flex items-center gap-2 rounded-md px-2 py-1 text-[0.8125rem] text-dim hover:bg-hover hover:text-ink"
    >
      <Icon name={icon} className="size-3.5" />
      {label}
    </Link>
  );
}

/** The product's mark: columns of a matrix, one of them taken. */
function Mark() {
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true" className="size-4">
      <rect x="1" y="2" width="3.6" height="12" rx="1" className="fill-line-strong" />
      <rect x="6.2" y="2" width="3.6" height="12" rx="1" className="fill-accent" />
      <rect x="11.4" y="2" width="3.6" height="12" rx="1" className="fill-line-strong" />
    </svg>
  );
}
