"use client";

import { useEffect, useState } from "react";
import { fetchOrRefuse, sayWhy } from "@/components/fetch-or-refuse";
import { plural } from "@/components/format";
import { Spinner } from "@/components/ui/spinner";
import { ColumnOrigins } from "./column-origins";
import type { ColumnsAnswer, TracedColumn } from "./lineage-types";

/** The columns of a table, found by word; the chosen one tells what it is computed from. */
export function ColumnTrace({ runId, model, column, onColumn }: ColumnTraceProps) {
  const [query, setQuery] = useState("");
  const [answer, setAnswer] = useState<ColumnsAnswer | null>(null);
  const [problem, setProblem] = useState<string | null>(null);

  useEffect(() => {
    const leaving = new AbortController();
    const search = new URLSearchParams({ model, q: query });
    const timer = setTimeout(
      () =>
        fetchOrRefuse(`/api/pipeline/${encodeURIComponent(runId)}/columns?${search}`, {
          signal: leaving.signal,
        })
          .then((response) => response.json() as Promise<ColumnsAnswer>)
          .then((found) => {
            setAnswer(found);
            setProblem(null);
          })
          .catch((thrown: unknown) => !leaving.signal.aborted && setProblem(sayWhy(thrown))),
      query ? 200 : 0,
    );
    return () => {
      clearTimeout(timer);
      leaving.abort();
    };
  }, [runId, model, query]);

  return (
    <section aria-label="Columns">
      <h3 className="mb-1 flex items-center gap-2 text-2xs text-faint">
        Columns: choose one to see what it is computed from{" "}
        {!answer && !problem && <Spinner className="size-3" />}
      </h3>
      <input
        type="search"
        value={query}
        onChange={(event) => setQuery(event.target.value)}
        aria-label="Search columns"
        placeholder="Search columns"
        className="mb-1 w-full rounded-md border border-line-strong bg-surface px-2.5 py-1 placeholder:text-faint"
      />
      {problem && (
        <p role="alert" className="text-bad">
          {problem}
        </p>
      )}
      <ul>
        {answer?.columns.map((one) => {
          const isOpen = column?.name === one.name;
          return (
            <li key={one.name}>
              <button
                type="button"
                aria-expanded={isOpen}
                onClick={() => onColumn(isOpen ? null : one)}
                title={one.description}
                className={`w-full rounded px-1.5 py-0.5 text-left font-mono text-2xs [overflow-wrap:anywhere] hover:bg-hover ${isOpen ? "bg-accent-soft text-accent" : ""}`}
              >
                {one.name}
              </button>
              {isOpen && <ColumnOrigins column={one} />}
            </li>
          );
        })}
      </ul>
      {answer && answer.all > answer.columns.length && (
        <p className="mt-1 text-dim">
          The first {answer.columns.length} of {plural(answer.all, "column")}. Search to see the others.
        </p>
      )}
      {answer?.all === 0 && <p className="text-dim">No column has that in its name or description.</p>}
    </section>
  );
}

interface ColumnTraceProps {
  runId: string;
  model: string;
  column: TracedColumn | null;
  onColumn(column: TracedColumn | null): void;
}
