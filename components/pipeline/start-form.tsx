"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { type FormEvent, useState, useTransition } from "react";
import { Button } from "@/components/ui/button";
import { Spinner } from "@/components/ui/spinner";
import type { RunActionResult } from "./types";

export interface MartToBuild {
  name: string;
  title: string;
  /** The stamp that would come next, or the newest again where the sources know of no later one. */
  suggested: string;
  published: string | null;
  /** The sources tell nothing from this time on; ISO 8601. */
  knownUntil: string | null;
}

/** Starts a run of a stamp, and goes to it. */
export function StartForm({
  marts,
  start,
}: {
  marts: MartToBuild[];
  start(mart: string, stamp: string): Promise<RunActionResult>;
}) {
  const router = useRouter();
  const [chosen, setChosen] = useState(marts[0]?.name ?? "");
  const mart = marts.find(({ name }) => name === chosen);
  const [refusal, setRefusal] = useState<{ message: string; runId?: string } | null>(null);
  const [pending, startTransition] = useTransition();

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const stamp = String(new FormData(event.currentTarget).get("stamp") ?? "");
    startTransition(async () => {
      setRefusal(null);
      const result = await start(chosen, stamp).catch(() => ({
        ok: false as const,
        message: "The server could not be reached. Try again.",
      }));
      if (result.ok) router.push(`/pipeline/${result.runId}`);
      else setRefusal(result);
    });
  }

  if (!mart) return null;
  return (
    <form onSubmit={submit} className="rounded-lg border border-line bg-surface px-3.5 py-3 text-[0.8125rem]">
      <div className="flex flex-wrap items-end gap-3">
        {marts.length > 1 && (
          <label className="grid gap-1">
            <span className="text-2xs text-faint">mart</span>
            <select
              value={chosen}
              onChange={(event) => setChosen(event.target.value)}
              className="min-h-8 rounded-md border border-line-strong bg-paper px-2 py-1"
            >
              {marts.map(({ name, title }) => (
                <option key={name} value={name}>
                  {title}
                </option>
              ))}
            </select>
          </label>
        )}
        <label className="grid gap-1">
          <span className="text-2xs text-faint">stamp</span>
          <input
            key={mart.name}
            name="stamp"
            defaultValue={mart.suggested}
            required
            maxLength={20}
            autoComplete="off"
            spellCheck={false}
            className="min-h-8 w-32 rounded-md border border-line-strong bg-paper px-2 py-1 font-mono"
          />
        </label>
        <Button look="primary" type="submit" disabled={pending}>
          {pending && <Spinner />}
          Start a run
        </Button>
        <p className="min-w-0 basis-60 flex-1 text-xs text-dim">{sayOf(mart)}</p>
      </div>
      {refusal && (
        <p role="alert" className="mt-2 text-xs text-bad">
          {refusal.message}{" "}
          {refusal.runId && (
            <Link href={`/pipeline/${refusal.runId}`} className="font-medium underline">
              Go to that run
            </Link>
          )}
        </p>
      )}
    </form>
  );
}

function sayOf({ name, published, knownUntil }: MartToBuild): string {
  const state = published ? `Of ${name}, ${published} is current.` : `Of ${name}, nothing is published yet.`;
  const until = knownUntil
    ? ` Its simulated sources know what happened before ${knownUntil.slice(0, 10)}.`
    : "";
  return state + until;
}
