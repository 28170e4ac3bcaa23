import type { ReactNode } from "react";
import type { TableDocs } from "./docs-types";

/** What a table is about: grain, keys, times, owner. */
export function DocsFacts({ table }: { table: TableDocs }) {
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-0.5 rounded-lg border border-line bg-surface px-3.5 py-2.5 text-xs [&_dt]:text-faint">
      <Fact name="about">{table.entity.replaceAll("_", " ")}</Fact>
      <Fact name="grain">
        <code className="font-mono text-2xs">{table.grain.join(", ")}</code>
      </Fact>
      <Fact name="keys">
        {table.keys.map(({ kind, entity, role, columns }) => (
          <span key={`${kind} ${entity} ${role} ${columns}`} className="block">
            {kind} <code className="font-mono text-2xs">{columns.join(", ")}</code> → {entity}
            {role && ` (as ${role})`}
          </span>
        ))}
      </Fact>
      {table.eventTime && (
        <Fact name="true from">
          <code className="font-mono text-2xs">{table.eventTime}</code>
        </Fact>
      )}
      {table.createdTime && (
        <Fact name="written at">
          <code className="font-mono text-2xs">{table.createdTime}</code>
        </Fact>
      )}
      <Fact name="owner">{table.owner}</Fact>
      {table.synonyms.length > 0 && <Fact name="also called">{table.synonyms.join(", ")}</Fact>}
      <Fact name="model">
        <code className="font-mono text-2xs">{table.file}</code>
      </Fact>
    </dl>
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
