import type { ReactNode } from "react";
import { formatCount } from "@/components/format";
import type { FeatureTable } from "@/lib/registry/types";

/** What a table is: its grain, its keys, its times. */
export function TableFacts({ table }: { table: FeatureTable }) {
  return (
    <div className="rounded-lg border border-line bg-surface px-3.5 py-2.5 text-[0.8125rem]">
      <p className="text-dim">{table.description}</p>
      <dl className="mt-2 grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-0.5 text-xs [&_dt]:text-faint">
        <Fact name="rows">{formatCount(table.rowCount)}</Fact>
        <Fact name="about">
          {table.entity}
          {table.kind === "entity" && ", one row each"}
        </Fact>
        <Fact name="grain">
          <code className="font-mono text-2xs">{table.grain.join(", ") || "not declared"}</code>
        </Fact>
        <Fact name="keys">
          {table.keys.map((key) => (
            <span key={`${key.kind} ${key.entity} ${key.role} ${key.columns}`} className="block">
              {key.kind} <code className="font-mono text-2xs">{key.columns.join(", ")}</code> → {key.entity}
              {key.role && ` (as ${key.role})`}
            </span>
          ))}
        </Fact>
        {table.eventTime && (
          <Fact name="true from">
            <code className="font-mono text-2xs">{table.eventTime}</code>
            {table.ttlSeconds !== undefined && `, for ${formatSpan(table.ttlSeconds)}`}
          </Fact>
        )}
        {table.createdTime && (
          <Fact name="written at">
            <code className="font-mono text-2xs">{table.createdTime}</code>
          </Fact>
        )}
        <Fact name="owner">{table.owner}</Fact>
      </dl>
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd className="min-w-0 [overflow-wrap:anywhere]">{children}</dd>
    </>
  );
}

function formatSpan(seconds: number): string {
  if (seconds % 86_400 === 0) return `${formatCount(seconds / 86_400)} days`;
  return seconds % 3600 === 0 ? `${seconds / 3600} h` : `${formatCount(seconds)} s`;
}
