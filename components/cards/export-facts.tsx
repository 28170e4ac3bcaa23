import type { ApprovalPart } from "@/agents/parts";
import { formatCount } from "@/components/format";
import { Hash } from "./hash";

/** What would be written, where, under which stamp, from which SQL. */
export function ExportFacts({ facts }: { facts: NonNullable<ApprovalPart["exportOf"]> }) {
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-5 gap-y-1 [&_dt]:text-dim">
      <dt>Matrix</dt>
      <dd className="tabular-nums">
        <strong className="font-semibold">{formatCount(facts.rows)}</strong> rows ×{" "}
        <strong className="font-semibold">{formatCount(facts.columns)}</strong> columns
      </dd>
      <dt>Stamp</dt>
      <dd className="font-mono text-xs leading-5">{facts.stamp}</dd>
      <dt>Destination</dt>
      <dd className="font-mono text-xs leading-5 [overflow-wrap:anywhere]">{facts.destination}</dd>
      <dt>SQL</dt>
      <dd>
        <Hash value={facts.sqlHash} label="SQL hash" />
      </dd>
    </dl>
  );
}
