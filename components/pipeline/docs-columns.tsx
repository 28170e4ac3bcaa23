import { Chip } from "@/components/ui/chip";
import type { ColumnDocs } from "./docs-types";

/** The columns of a table as its project describes them. */
export function DocsColumns({ columns }: { columns: ColumnDocs[] }) {
  return (
    <div className="overflow-hidden rounded-lg border border-line bg-surface">
      <table className="w-full table-fixed text-xs">
        <thead className="border-b border-line bg-sunken text-left text-2xs text-faint">
          <tr>
            <th className="px-3.5 py-1.5 font-medium">column</th>
            <th className="w-24 px-2 py-1.5 font-medium">type</th>
            <th className="hidden w-28 px-2 py-1.5 font-medium sm:table-cell">unit</th>
            <th className="hidden w-28 px-3.5 py-1.5 font-medium sm:table-cell">of several rows</th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {columns.map((column) => (
            <tr key={column.name}>
              <td className="px-3.5 py-1.5 align-top">
                <div className="flex flex-wrap items-baseline gap-x-2">
                  <span className="font-mono [overflow-wrap:anywhere]">{column.name}</span>
                  {column.isKey && <Chip>key</Chip>}
                  {column.pii && <Chip tone="warn">PII</Chip>}
                  {column.windowDays !== null && <Chip>{column.windowDays} d</Chip>}
                </div>
                <div className="text-dim [overflow-wrap:anywhere]">{column.description}</div>
              </td>
              <td className="px-2 py-1.5 align-top text-dim">{column.type}</td>
              <td className="hidden px-2 py-1.5 align-top text-dim [overflow-wrap:anywhere] sm:table-cell">
                {column.unit ?? "–"}
              </td>
              <td className="hidden px-3.5 py-1.5 align-top text-dim sm:table-cell">
                {column.aggregation?.replaceAll("_", " ") ?? "–"}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
