"use client";

import { useState } from "react";
import type { TablesPart } from "@/agents/parts";
import { formatCount, plural } from "@/components/format";
import { Bar } from "@/components/ui/bar";
import { Button } from "@/components/ui/button";
import { Chip } from "@/components/ui/chip";
import { Card } from "./card";
import type { CardProps } from "./types";

type RankedTable = TablesPart["tables"][number];

/** The ranked tables with the reason for each; they can be taken in or out while the card is the latest one. */
export function TablesCard({ data, context }: CardProps<"tables">) {
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const open = context.latest && !context.live;
  const isIn = (table: RankedTable) => table.chosen !== toggled.has(table.table);

  function toggle(name: string) {
    const next = new Set(toggled);
    if (!next.delete(name)) next.add(name);
    setToggled(next);
  }

  function apply() {
    const changed = data.tables.filter((table) => toggled.has(table.table));
    context.choose({
      include: changed.filter((table) => !table.chosen).map((table) => table.table),
      exclude: changed.filter((table) => table.chosen).map((table) => table.table),
    });
  }

  const chosen = data.tables.filter(isIn);
  return (
    <Card title={`Tables for each ${data.entity}`} aside={data.searchedBy}>
      {data.tables.length === 0 && (
        <p className="px-3.5 py-3 text-dim">
          No table in this mart fits. Browse the marts to see what there is.
        </p>
      )}
      {data.filters.length > 0 && <RowFilters filters={data.filters} />}
      <ul className="divide-y divide-line">
        {data.tables.map((table) => (
          <TableRow
            key={table.table}
            table={table}
            isIn={isIn(table)}
            onToggle={open ? () => toggle(table.table) : undefined}
            onSuggest={open ? context.suggest : undefined}
          />
        ))}
      </ul>
      {open && data.tables.length > 0 && (
        <footer className="flex flex-wrap items-center justify-between gap-2 border-t border-line bg-sunken px-3.5 py-2">
          <span className="text-xs text-dim">
            {plural(chosen.length, "table")} in ·{" "}
            {plural(
              chosen.reduce((sum, table) => sum + table.chosenFeatures, 0),
              "feature",
            )}
          </span>
          <Button
            look={toggled.size > 0 ? "primary" : "plain"}
            disabled={toggled.size === 0 || context.busy}
            onClick={apply}
          >
            {toggled.size === 0 ? "Apply changes" : `Apply ${plural(toggled.size, "change")}`}
          </Button>
        </footer>
      )}
    </Card>
  );
}

interface TableRowProps {
  table: RankedTable;
  isIn: boolean;
  onToggle?: () => void;
  onSuggest?: (text: string) => void;
}

function TableRow({ table, isIn, onToggle, onSuggest }: TableRowProps) {
  return (
    <li className={`flex gap-3 px-3.5 py-2.5 ${isIn ? "" : "bg-sunken"}`}>
      <input
        type="checkbox"
        checked={isIn}
        disabled={!onToggle}
        onChange={onToggle}
        aria-label={`Use ${table.table}`}
        className="mt-[0.1875rem] size-3.5 shrink-0"
      />
      <div className="min-w-0 flex-1">
        <div className="flex flex-wrap items-baseline justify-between gap-x-4">
          <span
            className={`font-mono text-xs font-semibold [overflow-wrap:anywhere] ${isIn ? "" : "text-dim"}`}
          >
            {table.table}
          </span>
          <span className="flex items-center gap-2 text-xs tabular-nums text-dim">
            <Bar rate={table.score} tone={isIn ? "accent" : "dim"} className="w-16" />
            <span>
              <span className="sr-only">relevance </span>
              {table.score.toFixed(2)}
            </span>
          </span>
        </div>
        <p className="mt-0.5 text-dim [overflow-wrap:anywhere]">{table.description}</p>
        <Why table={table} />
        <Facts table={table} onSuggest={onSuggest} />
      </div>
    </li>
  );
}

function Why({ table }: { table: RankedTable }) {
  return (
    <div className="mt-1.5 flex flex-wrap items-center gap-x-2 gap-y-1 text-xs text-dim">
      <span>
        for <span className="text-ink">“{table.phrase}”</span>
      </span>
      {table.why.map(({ word, met }) => (
        <span key={word} className="flex flex-wrap items-center gap-1">
          <span className="italic">{word}</span>
          <span aria-hidden="true">→</span>
          <span className="sr-only">met</span>
          {met.slice(0, 4).map((name) => (
            <Chip key={name} tone="accent">
              {name}
            </Chip>
          ))}
          {met.length > 4 && <span className="text-2xs text-faint">+{met.length - 4}</span>}
        </span>
      ))}
    </div>
  );
}

function Facts({ table, onSuggest }: Pick<TableRowProps, "table" | "onSuggest">) {
  return (
    <dl className="mt-1.5 flex flex-wrap gap-x-4 gap-y-0.5 text-xs [&_dd]:inline [&_dt]:mr-1 [&_dt]:inline [&_dt]:text-faint">
      <div>
        <dt>matching</dt>
        <dd className="tabular-nums">{formatCount(table.matchingFeatures)}</dd>
      </div>
      <div>
        <dt>in the matrix</dt>
        <dd className="tabular-nums">{formatCount(table.chosenFeatures)}</dd>
      </div>
      <div>
        <dt>grain</dt>
        <dd className="font-mono text-2xs">{table.grain.join(", ") || "not declared"}</dd>
      </div>
      <div>
        <dt>joins on</dt>
        <dd className="font-mono text-2xs">{table.joinKeys.join(", ") || "—"}</dd>
      </div>
      <div>
        <dt>join</dt>
        <dd>{table.cardinality.replaceAll("_", " ")}</dd>
      </div>
      {table.suggestedFilters.map((filter) => (
        <Filter key={filter.column} filter={filter} onSuggest={onSuggest} />
      ))}
    </dl>
  );
}

/** A filter on the rows: what it holds to, or what it could hold to, each value a few words for the composer. */
function Filter(props: {
  filter: RankedTable["suggestedFilters"][number];
  onSuggest?: (text: string) => void;
}) {
  const { column, values, applied } = props.filter;
  const { onSuggest } = props;
  if (applied) {
    return (
      <div>
        <dt>only {column}</dt>
        <dd className="[overflow-wrap:anywhere]">{values.join(", ")}</dd>
      </div>
    );
  }
  return (
    <div className="[overflow-wrap:anywhere]">
      <dt>could filter by {column}</dt>
      {values.map((value, index) => (
        <dd key={value}>
          {index > 0 && ", "}
          {onSuggest ? (
            <button
              type="button"
              title="Put this filter into the message"
              onClick={() => onSuggest(`only ${value}`)}
              className="text-accent underline decoration-dotted underline-offset-2 hover:decoration-solid"
            >
              {value}
            </button>
          ) : (
            value
          )}
        </dd>
      ))}
    </div>
  );
}

function RowFilters({ filters }: { filters: TablesPart["filters"] }) {
  return (
    <p className="flex flex-wrap items-center gap-1.5 border-b border-line px-3.5 py-2 text-xs text-dim">
      Filters found in the data
      {filters.map(({ column, operator, values }) => (
        <span key={`${column} ${operator}`} className="inline-flex flex-wrap items-center gap-1">
          <span className="font-mono">{column}</span> {operator}
          {values.map((value) => (
            <Chip key={value}>{value}</Chip>
          ))}
        </span>
      ))}
    </p>
  );
}
