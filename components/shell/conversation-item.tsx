"use client";

import Link from "next/link";
import { usePathname, useRouter } from "next/navigation";
import { type FormEvent, useState, useTransition } from "react";
import { Icon, type IconName } from "@/components/ui/icon";

export interface ListedConversation {
  id: string;
  title: string;
  /** Milliseconds since 1970. */
  updatedAt: number;
}

export type ActionResult = { ok: true } | { ok: false; message: string };

export interface ConversationActions {
  rename(id: string, title: string): Promise<ActionResult>;
  remove(id: string): Promise<ActionResult>;
}

/** One line of the sidebar: a link, and on it the ways to rename and to delete. */
export function ConversationItem({
  conversation: { id, title },
  actions,
}: {
  conversation: ListedConversation;
  actions: ConversationActions;
}) {
  const router = useRouter();
  const here = usePathname() === `/c/${id}`;
  const [mode, setMode] = useState<"shown" | "renaming" | "deleting">("shown");
  const [problem, setProblem] = useState<string | null>(null);
  const [pending, startTransition] = useTransition();

  function run(action: () => Promise<ActionResult>, then?: () => void) {
    startTransition(async () => {
      const result = await action().catch(() => ({
        ok: false as const,
        message: "The server could not be reached.",
      }));
      setProblem(result.ok ? null : result.message);
      if (!result.ok) return;
      setMode("shown");
      then?.();
    });
  }

  function rename(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("title") ?? "").trim();
    if (name === "" || name === title) setMode("shown");
    else run(() => actions.rename(id, name));
  }

  return (
    <li className={pending ? "opacity-60" : undefined}>
      {mode === "renaming" ? (
        <form onSubmit={rename} className="px-1 py-0.5">
          <input
            name="title"
            defaultValue={title}
            maxLength={200}
            aria-label="Title of the conversation"
            // biome-ignore lint/a11y/noAutofocus: the person has just asked to type here
            autoFocus
            onFocus={(event) => event.currentTarget.select()}
            onBlur={(event) => event.currentTarget.form?.requestSubmit()}
            onKeyDown={(event) => event.key === "Escape" && setMode("shown")}
            className="w-full rounded border border-line-strong bg-surface px-1.5 py-0.5 text-[0.8125rem]"
          />
        </form>
      ) : mode === "deleting" ? (
        <div className="flex items-center justify-between gap-1 rounded-md bg-bad-soft px-2 py-1 text-xs">
          <span>Delete it?</span>
          <span className="flex gap-1">
            <button
              type="button"
              className="rounded px-1.5 py-0.5 font-medium text-bad hover:bg-hover"
              onClick={() =>
                run(
                  () => actions.remove(id),
                  () => here && router.push("/"),
                )
              }
            >
              Delete
            </button>
            <button
              type="button"
              className="rounded px-1.5 py-0.5 hover:bg-hover"
              onClick={() => setMode("shown")}
            >
              Keep
            </button>
          </span>
        </div>
      ) : (
        <div
          className={`group relative flex items-center rounded-md hover:bg-hover ${here ? "bg-hover" : ""}`}
        >
          <Link
            href={`/c/${id}`}
            prefetch={false}
            aria-current={here ? "page" : undefined}
            title={title}
            className={`min-w-0 flex-1 truncate rounded-md px-2 py-1 text-[0.8125rem] ${here ? "text-ink" : "text-dim group-hover:text-ink"}`}
          >
            {title}
          </Link>
          <span
            className={`absolute right-0 rounded-md bg-hover pr-1 group-focus-within:flex group-hover:flex ${here ? "max-md:flex md:hidden" : "hidden"}`}
          >
            <Tool icon="pencil" label={`Rename “${title}”`} onClick={() => setMode("renaming")} />
            <Tool icon="trash" label={`Delete “${title}”`} onClick={() => setMode("deleting")} />
          </span>
        </div>
      )}
      {problem && (
        <p role="alert" className="px-2 py-1 text-2xs text-bad">
          {problem}
        </p>
      )}
    </li>
  );
}

function Tool({ icon, label, onClick }: { icon: IconName; label: string; onClick(): void }) {
  return (
    <button
      type="button"
      aria-label={label}
      onClick={onClick}
      className="rounded p-1 text-faint hover:bg-line hover:text-ink"
    >
      <Icon name={icon} className="size-3.5" />
    </button>
  );
}
