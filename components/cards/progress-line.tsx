"use client";

import { useEffect, useState } from "react";
import { formatDuration } from "@/components/format";
import { Icon } from "@/components/ui/icon";
import { Spinner } from "@/components/ui/spinner";
import type { CardProps } from "./types";

/** One step of the run: a spinner with the time so far, then a tick or a cross with the time it took. */
export function ProgressLine({ data, context }: CardProps<"progress">) {
  // A step still "running" in a message that nobody writes any more was cut off.
  const state = data.state === "running" && !context.live ? "cut off" : data.state;
  return (
    <div className="flex items-center gap-2 text-[0.8125rem] leading-6 text-dim">
      <span className="flex size-4 items-center justify-center">
        {state === "running" && <Spinner />}
        {state === "done" && <Icon name="check" className="size-3.5 text-good" />}
        {(state === "failed" || state === "cut off") && <Icon name="close" className="size-3.5 text-bad" />}
      </span>
      <span className={`min-w-0 [overflow-wrap:anywhere] ${state === "running" ? "text-ink" : ""}`}>
        {data.label}
        {state === "running" && data.detail && <span className="text-dim">: {data.detail}</span>}
        {state === "failed" && <span className="sr-only"> (failed)</span>}
        {state === "cut off" && " (stopped)"}
      </span>
      <span className="text-2xs tabular-nums text-faint">
        {state === "running" ? (
          <Elapsed />
        ) : (
          data.milliseconds !== undefined && formatDuration(data.milliseconds)
        )}
      </span>
    </div>
  );
}

function Elapsed() {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const startedAt = performance.now();
    const timer = setInterval(() => setSeconds(Math.floor((performance.now() - startedAt) / 1000)), 1000);
    return () => clearInterval(timer);
  }, []);
  return seconds > 0 ? formatDuration(seconds * 1000).replace(/\.\d/, "") : null;
}
