import { formatBytes, formatCell, formatCount } from "@/components/format";
import type { StepView } from "./types";

/** What a step told of itself, and the files that it wrote. */
export function StepFacts({ step: { facts, files } }: { step: StepView }) {
  return (
    <div className="grid gap-x-8 gap-y-3 border-t border-line bg-sunken px-3.5 py-3 pl-10 text-xs md:grid-cols-2">
      <dl className="grid grid-cols-[minmax(0,1fr)_auto] content-start gap-x-4 gap-y-0.5">
        {facts.map(({ label, value, unit }) => (
          <div key={label} className="contents">
            <dt className="text-dim">{label}</dt>
            <dd className="max-w-56 text-right tabular-nums [overflow-wrap:anywhere]">
              {unit === "bytes" && typeof value === "number" ? formatBytes(value) : shown(value)}
              {unit && unit !== "bytes" && <span className="text-faint"> {unit}</span>}
            </dd>
          </div>
        ))}
      </dl>
      <div className="scroll-slim max-h-80 overflow-y-auto">
        <table className="w-full">
          <thead className="sr-only">
            <tr>
              <th>file</th>
              <th>rows</th>
              <th>size</th>
            </tr>
          </thead>
          <tbody>
            {files.map(({ name, rows, bytes }) => (
              <tr key={name}>
                <td className="pr-3 font-mono text-2xs [overflow-wrap:anywhere]">{name}</td>
                <td className="whitespace-nowrap pr-3 text-right tabular-nums text-dim">
                  {rows === null ? "" : `${formatCount(rows)} rows`}
                </td>
                <td className="whitespace-nowrap text-right tabular-nums text-dim">{formatBytes(bytes)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

function shown(value: number | string): string {
  return typeof value === "number" && Number.isInteger(value) ? formatCount(value) : formatCell(value);
}
