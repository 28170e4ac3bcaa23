"use client";

import { useId, useState } from "react";
import type { ResultPart } from "@/agents/parts";
import { formatCount, formatRate, plural } from "@/components/format";
import { Bar, type BarTone } from "@/components/ui/bar";
import { CardSection } from "./card";

type NullRate = ResultPart["report"]["nulls"][number];

const WORST = 6;
const PAGE = 40;

/** Null rate per column, worst first: the curve over all of them, the worst by name, and the whole list to search. */
export function NullRates({ nulls, rows }: { nulls: NullRate[]; rows: number }) {
  const withNulls = nulls.filter((column) => column.nulls > 0);
  return (
    <CardSection title="Null rate per column" aside={summary(nulls, withNulls.length)}>
      {withNulls.length > 0 && (
        <div className="grid gap-x-6 gap-y-3 sm:grid-cols-[minmax(0,1fr)_13rem]">
          <ColumnList columns={withNulls.slice(0, WORST)} />
          {nulls.length > 1 && <Curve nulls={nulls} />}
        </div>
      )}
      {nulls.length > WORST && <AllColumns nulls={nulls} rows={rows} />}
    </CardSection>
  );
}

function summary(nulls: NullRate[], withNulls: number): string {
  if (withNulls === 0) return `none of ${plural(nulls.length, "column")} has a null`;
  const above = nulls.filter((column) => column.rate > 0.2).length;
  return `${formatCount(withNulls)} of ${plural(nulls.length, "column")} have nulls · ${formatCount(above)} above 20%`;
}

function ColumnList({ columns }: { columns: NullRate[] }) {
  return (
    <ul className="min-w-0 space-y-1">
      {columns.map((column) => (
        <li
          key={`${column.table}.${column.column}`}
          className="grid grid-cols-[minmax(0,14rem)_minmax(3rem,1fr)_3rem] items-center gap-3"
        >
          <span className="truncate font-mono text-xs" title={`${column.table}.${column.column}`}>
            {column.column}
          </span>
          <Bar rate={column.rate} tone={toneOf(column.rate)} />
          <span className="text-right text-xs tabular-nums">{formatRate(column.rate)}</span>
        </li>
      ))}
    </ul>
  );
}

function toneOf(rate: number): BarTone {
  return rate > 0.5 ? "bad" : rate > 0.2 ? "warn" : "dim";
}

/** All columns side by side, worst at the left: how much of the matrix is thin, at a glance. */
function Curve({ nulls }: { nulls: NullRate[] }) {
  const steps = nulls
    .map(({ rate }, index) => {
      const y = (40 - rate * 40).toFixed(1);
      const x = (place: number) => ((place / nulls.length) * 200).toFixed(1);
      return `${x(index)},${y} ${x(index + 1)},${y}`;
    })
    .join(" ");
  return (
    <figure className="min-w-0 text-2xs text-faint">
      <div className="flex gap-1.5">
        <div
          aria-hidden="true"
          className="flex h-14 flex-col justify-between text-right tabular-nums leading-none"
        >
          <span>100%</span>
          <span>0%</span>
        </div>
        <svg
          viewBox="0 0 200 40"
          preserveAspectRatio="none"
          role="img"
          aria-label={`Null rates of ${plural(nulls.length, "column")}, sorted, from ${formatRate(nulls[0]?.rate ?? 0)} down to ${formatRate(nulls.at(-1)?.rate ?? 0)}`}
          className="h-14 w-full border-b border-l border-line-strong"
        >
          <line
            x1="0"
            x2="200"
            y1="32"
            y2="32"
            className="stroke-line-strong"
            strokeDasharray="2 3"
            vectorEffect="non-scaling-stroke"
          />
          <polygon points={`0,40 ${steps} 200,40`} className="fill-accent/25" />
          <polyline
            points={steps}
            className="fill-none stroke-accent"
            strokeWidth="1.25"
            vectorEffect="non-scaling-stroke"
          />
        </svg>
      </div>
      <figcaption className="mt-1 text-right">all columns, worst first; dashes at 20%</figcaption>
    </figure>
  );
}

function AllColumns({ nulls, rows }: { nulls: NullRate[]; rows: number }) {
  const [search, setSearch] = useState("");
  const [limit, setLimit] = useState(PAGE);
  const searchId = useId();
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const found = nulls.filter(({ column, table }) =>
    words.every((word) => `${column} ${table}`.toLowerCase().includes(word)),
  );
  return (
    <details className="group mt-2">
      <summary className="list-none rounded text-xs text-accent hover:underline">
        <span className="group-open:hidden">All {plural(nulls.length, "column")}</span>
        <span className="hidden group-open:inline">Hide the list</span>
      </summary>
      <label htmlFor={searchId} className="sr-only">
        Search columns
      </label>
      <input
        id={searchId}
        type="search"
        value={search}
        onChange={(event) => {
          setSearch(event.target.value);
          setLimit(PAGE);
        }}
        placeholder="Search columns or tables"
        className="mt-2 w-full rounded-md border border-line-strong bg-paper px-2.5 py-1 text-xs placeholder:text-faint"
      />
      <div className="scroll-slim mt-2 max-h-80 overflow-auto">
        <table className="w-full text-xs">
          <thead className="sticky top-0 bg-surface text-left text-2xs text-faint">
            <tr>
              <th className="py-1 font-medium">column</th>
              <th className="hidden py-1 font-medium sm:table-cell">table</th>
              <th className="py-1 text-right font-medium">nulls of {formatCount(rows)}</th>
              <th className="w-16 py-1 text-right font-medium">rate</th>
            </tr>
          </thead>
          <tbody>
            {found.slice(0, limit).map((column) => (
              <tr key={`${column.table}.${column.column}`} className="border-t border-line">
                <td className="py-0.5 pr-3 font-mono [overflow-wrap:anywhere]">{column.column}</td>
                <td className="hidden py-0.5 pr-3 font-mono text-2xs text-faint sm:table-cell">
                  {column.table}
                </td>
                <td className="py-0.5 text-right tabular-nums">{formatCount(column.nulls)}</td>
                <td className="py-0.5 text-right tabular-nums">{formatRate(column.rate)}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {found.length === 0 && <p className="py-3 text-xs text-dim">No column is called that.</p>}
        {found.length > limit && (
          <button
            type="button"
            onClick={() => setLimit(limit + 200)}
            className="my-1 rounded px-1 text-xs text-accent hover:underline"
          >
            Show more ({formatCount(found.length - limit)} left)
          </button>
        )}
      </div>
    </details>
  );
}
