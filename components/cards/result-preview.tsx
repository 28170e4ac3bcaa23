"use client";

import { useEffect, useRef, useState } from "react";
import type { ResultPreview as Preview } from "@/agents/parts";
import { fetchOrRefuse, sayWhy } from "@/components/fetch-or-refuse";
import { formatCount } from "@/components/format";
import { Button } from "@/components/ui/button";
import { Spinner } from "@/components/ui/spinner";
import { CardSection } from "./card";
import { PreviewTable } from "./preview-table";

type Load = { state: "waiting" } | { state: "failed"; text: string } | { state: "ready"; preview: Preview };

/** The first rows of a result, fetched when they are scrolled near. */
export function ResultPreview({
  resultId,
  rows,
  fixed,
}: {
  resultId: string;
  rows: number;
  fixed: string[];
}) {
  const frame = useRef<HTMLDivElement>(null);
  const [near, setNear] = useState(false);
  const [attempt, setAttempt] = useState(0);
  const [load, setLoad] = useState<Load>({ state: "waiting" });

  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && setNear(true), {
      rootMargin: "400px",
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `attempt` is there to try again
  useEffect(() => {
    if (!near) return;
    const abort = new AbortController();
    setLoad({ state: "waiting" });
    fetchPreview(resultId, abort.signal).then(
      (preview) => setLoad({ state: "ready", preview }),
      (error: unknown) => !abort.signal.aborted && setLoad({ state: "failed", text: sayWhy(error) }),
    );
    return () => abort.abort();
  }, [near, resultId, attempt]);

  return (
    // What is in here depends on how far the person has scrolled.
    <div data-lazy className="border-t border-line">
      <CardSection
        title="Preview"
        aside={
          load.state === "ready" &&
          `${formatCount(load.preview.rows.length)} of ${formatCount(rows)} rows × ${formatCount(load.preview.columns.length)} columns`
        }
      >
        <div ref={frame}>
          {load.state === "waiting" && (
            <div className="flex h-40 items-center justify-center gap-2 rounded-md border border-line text-xs text-dim">
              <Spinner /> Reading rows
            </div>
          )}
          {load.state === "failed" && (
            <div className="flex flex-wrap items-center justify-between gap-2 text-dim">
              <span>{load.text}</span>
              <Button onClick={() => setAttempt(attempt + 1)}>Try again</Button>
            </div>
          )}
          {load.state === "ready" && <PreviewTable preview={load.preview} fixed={fixed} />}
        </div>
      </CardSection>
    </div>
  );
}

async function fetchPreview(resultId: string, signal: AbortSignal): Promise<Preview> {
  const response = await fetchOrRefuse(`/api/results/${encodeURIComponent(resultId)}`, { signal });
  return response.json();
}
