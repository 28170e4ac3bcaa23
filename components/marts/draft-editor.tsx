"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Notice } from "@/components/cards/notice";
import { fetchOrRefuse, sayWhy } from "@/components/fetch-or-refuse";
import { formatRate, plural } from "@/components/format";
import { Button, buttonClass } from "@/components/ui/button";
import { Icon } from "@/components/ui/icon";
import { Spinner } from "@/components/ui/spinner";
import type { PublicDraft } from "@/lib/profile";
import { DraftTableEditor } from "./draft-table-editor";

/** What was inferred from a person's files, to be corrected: saving registers the mart again. */
export function DraftEditor({ draft: stored }: { draft: PublicDraft }) {
  const router = useRouter();
  const [saved, setSaved] = useState(stored);
  const [draft, setDraft] = useState(stored);
  const [state, setState] = useState<"idle" | "saving" | "saved">("idle");
  const [problem, setProblem] = useState<string | null>(null);
  const changed = draft !== saved;

  async function save() {
    setState("saving");
    setProblem(null);
    try {
      const response = await fetchOrRefuse(`/api/marts/${draft.name}`, {
        method: "PUT",
        body: JSON.stringify(draft),
      });
      const { draft: registered }: { draft: PublicDraft } = await response.json();
      setSaved(registered);
      setDraft(registered);
      setState("saved");
      router.refresh();
    } catch (error) {
      setState("idle");
      setProblem(sayWhy(error));
    }
  }

  return (
    <div className="space-y-4 pb-16">
      <header>
        <h1 className="text-lg font-semibold tracking-tight">{draft.title}</h1>
        <p className="text-dim">
          This is what your {plural(draft.tables.length, "file")} were taken for. The mart is registered and
          can be used; correct what is wrong and register it again.
        </p>
      </header>
      {draft.warnings.length > 0 && (
        <ul className="space-y-1 rounded-lg bg-warn-soft px-3.5 py-2.5 text-[0.8125rem]">
          {draft.warnings.map((warning) => (
            <li key={warning} className="flex gap-2">
              <Icon name="warning" className="mt-[0.1875rem] size-3.5 text-warn" />
              <span className="min-w-0 [overflow-wrap:anywhere]">{warning}</span>
            </li>
          ))}
        </ul>
      )}
      {draft.references.length > 0 && <References references={draft.references} />}
      {draft.tables.map((table, index) => (
        <DraftTableEditor
          key={table.file}
          table={table}
          entities={draft.entities.map((entity) => entity.name)}
          onChange={(next) => {
            setState("idle");
            setDraft({ ...draft, tables: draft.tables.with(index, next) });
          }}
        />
      ))}
      {problem && <Notice data={{ level: "error", text: problem }} />}
      <footer className="sticky bottom-3 flex flex-wrap items-center gap-3 rounded-lg border border-line-strong bg-surface px-3.5 py-2 shadow-sm">
        <Button look={changed ? "primary" : "plain"} disabled={!changed || state === "saving"} onClick={save}>
          Register with the corrections
        </Button>
        <Link href={`/?mart=${draft.name}`} className={buttonClass(changed ? "plain" : "primary")}>
          Build a matrix
        </Link>
        <Link href={`/marts/${draft.name}`} className={buttonClass("quiet")}>
          Browse
        </Link>
        <span role="status" className="flex items-center gap-2 text-xs text-dim">
          {state === "saving" && (
            <>
              <Spinner /> Building the mart again
            </>
          )}
          {state === "saved" && "Registered."}
          {state === "idle" && changed && "Changed, not registered yet."}
        </span>
      </footer>
    </div>
  );
}

function References({ references }: { references: PublicDraft["references"] }) {
  return (
    <section className="rounded-lg border border-line bg-surface px-3.5 py-2.5 text-[0.8125rem]">
      <h2 className="mb-1 text-xs font-medium text-dim">References found by their values</h2>
      <ul className="space-y-0.5">
        {references.map(({ from, to, rows }) => (
          <li key={`${from} ${to}`} className="flex flex-wrap justify-between gap-x-4">
            <span className="font-mono text-xs [overflow-wrap:anywhere]">
              {from} → {to}
            </span>
            <span className="text-xs tabular-nums text-dim">{formatRate(rows)} of rows found</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
