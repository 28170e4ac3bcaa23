"use client";

import { useState } from "react";
import { formatBytes, formatCount, formatDuration, plural } from "@/components/format";
import { Bar } from "@/components/ui/bar";
import { Icon } from "@/components/ui/icon";
import { StatusIcon, statusWord } from "./status-mark";
import { StepFacts } from "./step-facts";
import type { StepView } from "./types";

/** A step on the track: a line that unfolds to its facts and files. */
export function StepRow({
  step,
  now,
  onRerun,
  isBusy,
}: {
  step: StepView;
  now: number;
  onRerun?: () => void;
  isBusy: boolean;
}) {
  const [isOpen, setOpen] = useState(false);
  const hasMore = step.facts.length > 0 || step.files.length > 0;
  const took = step.startedAt === null ? null : (step.finishedAt ?? now) - step.startedAt;
  const isRunning = step.status === "running";
  return (
    <li className="relative border-t border-line first:border-t-0">
      <div className="flex min-h-10 items-center gap-3 px-3.5 py-1.5 text-[0.8125rem]">
        <StatusIcon status={step.status} />
        {hasMore ? (
          <button
            type="button"
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
            className="flex w-20 shrink-0 items-center gap-1 rounded font-medium hover:text-accent"
          >
            {step.step}
            <Icon name="chevron" className={`size-3 text-faint ${isOpen ? "rotate-90" : ""}`} />
          </button>
        ) : (
          <span className={`w-20 shrink-0 font-medium ${step.status === "pending" ? "text-faint" : ""}`}>
            {step.step}
          </span>
        )}
        <span className="min-w-0 flex-1 truncate text-xs text-dim">
          <Said step={step} />
        </span>
        {step.attempts > 1 && (
          <span className="hidden whitespace-nowrap text-2xs text-warn sm:inline">{step.attempts} tries</span>
        )}
        {took !== null && step.status !== "reused" && (
          <span className="whitespace-nowrap text-xs tabular-nums text-dim">{formatDuration(took)}</span>
        )}
        {onRerun && (
          <button
            type="button"
            disabled={isBusy}
            onClick={onRerun}
            aria-label={`Rerun from ${step.step}`}
            className="whitespace-nowrap rounded px-1.5 py-0.5 text-xs text-accent hover:bg-hover disabled:opacity-50"
          >
            Rerun<span className="hidden sm:inline"> from here</span>
          </button>
        )}
      </div>
      {isRunning && step.progress && <Progress {...step.progress} name={step.step} />}
      {isOpen && <StepFacts step={step} />}
    </li>
  );
}

function Said({ step }: { step: StepView }) {
  if (step.status === "succeeded" || step.status === "reused") {
    const rows = step.files.reduce((sum, file) => sum + (file.rows ?? 0), 0);
    const bytes = step.files.reduce((sum, file) => sum + file.bytes, 0);
    const parts = [
      ...(step.status === "reused" ? ["as an earlier run left it"] : []),
      plural(step.files.length, "file"),
      ...(rows > 0 ? [`${formatCount(rows)} rows`] : []),
      formatBytes(bytes),
    ];
    return parts.join(" · ");
  }
  if (step.status === "running" && step.error) return `Tried again after: ${step.error.message}`;
  if (step.error) return <span title={step.error.message}>{step.error.message}</span>;
  return statusWord(step.status);
}

function Progress({
  name,
  label,
  done,
  total,
}: {
  name: string;
  label: string;
  done: number;
  total: number;
}) {
  return (
    <div className="flex items-center gap-3 px-3.5 pb-2 pl-10 text-2xs text-dim">
      <div
        role="progressbar"
        aria-label={`Progress of ${name}`}
        aria-valuemin={0}
        aria-valuemax={Math.max(total, 1)}
        aria-valuenow={done}
        aria-valuetext={`${done} of ${total}: ${label}`}
        className="w-32 shrink-0 sm:w-56"
      >
        <Bar rate={total > 0 ? done / total : 0} />
      </div>
      <span className="shrink-0 tabular-nums">
        {formatCount(done)} of {formatCount(total)}
      </span>
      <span className="min-w-0 truncate">{label}</span>
    </div>
  );
}
