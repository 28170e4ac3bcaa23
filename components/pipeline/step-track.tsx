"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import { StepRow } from "./step-row";
import { isActive } from "./times";
import type { RunActions, RunView } from "./types";

/** The six steps in order, each with what it did; where the run is over and may be rerun, the way to do so from one of them. */
export function StepTrack({
  run,
  now,
  rerun,
}: {
  run: RunView;
  now: number;
  rerun: RunActions["rerun"] | null;
}) {
  const router = useRouter();
  const [refusal, setRefusal] = useState<{ message: string; runId?: string } | null>(null);
  const [pending, startTransition] = useTransition();
  const firstMissing = run.steps.findIndex(({ status }) => status !== "succeeded" && status !== "reused");
  const canBegin = (index: number) => firstMissing === -1 || index <= firstMissing;

  function again(ask: RunActions["rerun"], step: string) {
    startTransition(async () => {
      setRefusal(null);
      const result = await ask(run.id, step).catch(() => ({
        ok: false as const,
        message: "The server could not be reached. Try again.",
      }));
      if (result.ok) router.push(`/pipeline/${result.runId}`);
      else setRefusal(result);
    });
  }

  return (
    <section aria-label="Steps">
      <ol className="overflow-hidden rounded-lg border border-line bg-surface">
        {run.steps.map((step, index) => (
          <StepRow
            key={step.step}
            step={step}
            now={now}
            {...(rerun && !isActive(run.status) && canBegin(index)
              ? { onRerun: () => again(rerun, step.step) }
              : {})}
            isBusy={pending}
          />
        ))}
      </ol>
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
    </section>
  );
}
