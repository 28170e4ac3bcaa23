"use client";

import { useEffect, useState, useTransition } from "react";
import { Button } from "@/components/ui/button";
import { Icon } from "@/components/ui/icon";
import { Spinner } from "@/components/ui/spinner";
import type { RunActions } from "./types";

/** Asks the run to stop. What its finished steps left stays, and a rerun can go on from there. */
export function CancelButton({
  runId,
  isStopping,
  isLost,
  cancel,
}: {
  runId: string;
  isStopping: boolean;
  /** The page hears nothing of the run just now. */
  isLost: boolean;
  cancel: RunActions["cancel"];
}) {
  const [problem, setProblem] = useState<string | null>(null);
  const [pending, startTransition] = useTransition();
  // What went wrong while the connection was lost is over when it is back.
  useEffect(() => {
    if (!isLost) setProblem(null);
  }, [isLost]);
  const click = () =>
    startTransition(async () => {
      const result = await cancel(runId).catch(() => ({
        ok: false as const,
        message: "The server could not be reached. Try again.",
      }));
      setProblem(result.ok ? null : result.message);
    });
  return (
    <div className="text-right">
      <Button onClick={click} disabled={pending || isStopping}>
        {pending || isStopping ? <Spinner /> : <Icon name="stop" className="size-3.5" />}
        {isStopping ? "Stopping" : "Cancel the run"}
      </Button>
      {problem && (
        <p role="alert" className="mt-1 text-xs text-bad">
          {problem}
        </p>
      )}
    </div>
  );
}
