"use client";

import { formatCount } from "@/components/format";
import type { DraftTable } from "./draft-table-editor";
import { fieldClass } from "./field";

type DraftColumn = DraftTable["columns"][number];

const types: DraftColumn["type"][] = ["integer", "float", "decimal", "text", "boolean", "date", "timestamp"];
const rules: NonNullable<DraftColumn["aggregation"]>[] = [
  "sum",
  "min",
  "max",
  "mean",
  "count",
  "flag_any",
  "latest",
];

/** The columns of a table: type, meaning, whether they are personal, and how several values become one. */
export function DraftColumns({
  columns,
  onChange,
}: {
  columns: DraftColumn[];
  onChange(columns: DraftColumn[]): void;
}) {
  const change = (index: number, part: Partial<DraftColumn>) =>
    onChange(columns.map((column, at) => (at === index ? { ...column, ...part } : column)));
  return (
    <div className="scroll-slim max-h-96 overflow-auto border-t border-line">
      <table className="w-full min-w-[44rem] text-xs">
        <thead className="sticky top-0 z-10 bg-sunken text-left text-2xs text-faint">
          <tr>
            <th className="px-3.5 py-1.5 font-medium">column</th>
            <th className="w-28 px-1.5 py-1.5 font-medium">type</th>
            <th className="px-1.5 py-1.5 font-medium">description</th>
            <th className="w-28 px-1.5 py-1.5 font-medium">many become one by</th>
            <th className="w-14 px-3.5 py-1.5 font-medium">PII</th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {columns.map((column, index) => (
            <tr key={column.name}>
              <td className="max-w-48 px-3.5 py-1">
                <span className="block truncate font-mono" title={column.header}>
                  {column.name}
                </span>
                <span className="block truncate text-2xs text-faint" title={column.seen?.examples.join(", ")}>
                  {column.seen && column.seen.nulls > 0 && `${formatCount(column.seen.nulls)} null · `}
                  {column.seen?.examples.slice(0, 3).join(", ")}
                </span>
              </td>
              <td className="px-1.5 py-1">
                <select
                  aria-label={`Type of ${column.name}`}
                  className={fieldClass}
                  value={column.type}
                  onChange={(event) => change(index, { type: event.target.value as DraftColumn["type"] })}
                >
                  {types.map((type) => (
                    <option key={type}>{type}</option>
                  ))}
                </select>
              </td>
              <td className="px-1.5 py-1">
                <input
                  aria-label={`Description of ${column.name}`}
                  className={fieldClass}
                  value={column.description}
                  onChange={(event) => change(index, { description: event.target.value })}
                />
              </td>
              <td className="px-1.5 py-1">
                <select
                  aria-label={`Aggregation of ${column.name}`}
                  className={fieldClass}
                  value={column.aggregation ?? ""}
                  onChange={(event) =>
                    change(index, {
                      aggregation: (event.target.value || undefined) as DraftColumn["aggregation"],
                    })
                  }
                >
                  <option value="">ask</option>
                  {[...new Set([...rules, ...(column.aggregation ? [column.aggregation] : [])])].map(
                    (rule) => (
                      <option key={rule} value={rule}>
                        {rule.replaceAll("_", " ")}
                      </option>
                    ),
                  )}
                </select>
              </td>
              <td className="px-3.5 py-1">
                <input
                  type="checkbox"
                  aria-label={`${column.name} is personal`}
                  checked={column.pii}
                  onChange={(event) => change(index, { pii: event.target.checked })}
                  className="size-3.5"
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
