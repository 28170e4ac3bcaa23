"use client";

import type { QueryPart } from "@/agents/parts";
import { Chip } from "@/components/ui/chip";
import { CopyButton } from "@/components/ui/copy-button";
import { Spinner } from "@/components/ui/spinner";
import { Card } from "./card";
import { QueryResult } from "./query-result";
import { SqlText } from "./sql-card";
import type { CardProps } from "./types";

const writers: Record<QueryPart["writtenBy"], string | null> = {
  person: null,
  model: "SQL written by the language model",
  offline: "SQL compiled from your words",
};
const dialects = { duckdb: "DuckDB", snowflake: "Snowflake" } as const;

/** A statement of SQL, and under it what came of it: a chart where one fits, and the rows. */
export function QueryCard({ data, context }: CardProps<"query">) {
  const writer = writers[data.writtenBy];
  return (
    <Card
      title={<span className="[overflow-wrap:anywhere]">{data.title}</span>}
      aside={writer && <Chip>{writer}</Chip>}
    >
      {data.reading && (
        <p className="border-b border-line px-3.5 py-2 text-dim [overflow-wrap:anywhere]">{data.reading}</p>
      )}
      <div className="flex items-center justify-between gap-2 border-b border-line px-3.5 py-0.5 text-xs text-dim">
        {dialects[data.dialect]}
        <CopyButton text={data.sql} label="Copy the SQL" caption="Copy" />
      </div>
      <SqlText sql={data.sql} />
      {data.state === "running" && (
        <p className="flex items-center gap-2 border-t border-line px-3.5 py-2.5 text-dim">
          {context.live ? (
            <>
              <Spinner /> Running
            </>
          ) : (
            "It was stopped before it had run."
          )}
        </p>
      )}
      {data.state === "failed" && (
        <p className="border-t border-line px-3.5 py-2.5 text-dim">It gave no result.</p>
      )}
      {data.result && <QueryResult result={data.result} title={data.title} />}
    </Card>
  );
}
