"use client";

import type { ReactNode } from "react";
import { plural } from "@/components/format";
import type { PublicDraft } from "@/lib/profile";
import { DraftColumns } from "./draft-columns";
import { DraftKeys } from "./draft-keys";
import { fieldClass } from "./field";

export type DraftTable = PublicDraft["tables"][number];

/** One table of a draft: what a row is about, its grain, keys, times and columns. */
export function DraftTableEditor({
  table,
  entities,
  onChange,
}: {
  table: DraftTable;
  entities: string[];
  onChange(table: DraftTable): void;
}) {
  const names = [
    ...table.columns.map((column) => column.name),
    ...(table.rowNumber ? [table.rowNumber] : []),
  ];
  const times = table.columns.filter(({ type }) => type === "timestamp" || type === "date");
  const set = (change: Partial<DraftTable>) => onChange({ ...table, ...change });
  const days = table.ttlSeconds === undefined ? "" : String(table.ttlSeconds / 86_400);

  return (
    <details open className="group rounded-lg border border-line bg-surface text-[0.8125rem]">
      <summary className="flex list-none flex-wrap items-baseline justify-between gap-x-4 px-3.5 py-2">
        <span className="font-mono text-xs font-semibold">{table.name}</span>
        <span className="text-xs text-dim">
          {table.file}
          {table.seen && ` · ${plural(table.seen.rows, "row")}`}
          {table.seen && table.seen.refused > 0 && (
            <span className="text-warn"> · {plural(table.seen.refused, "row")} refused</span>
          )}
        </span>
      </summary>
      <div className="grid gap-3 border-t border-line px-3.5 py-3 sm:grid-cols-2">
        <Field label="Description" wide>
          <input
            className={fieldClass}
            value={table.description}
            onChange={(event) => set({ description: event.target.value })}
          />
        </Field>
        <Field label="A row is">
          <select
            className={fieldClass}
            value={table.kind}
            onChange={(event) => set({ kind: event.target.value === "entity" ? "entity" : "feature" })}
          >
            <option value="entity">one {table.entity} (a population)</option>
            <option value="feature">features of a {table.entity}</option>
          </select>
        </Field>
        <Field label="About">
          <select
            className={fieldClass}
            value={table.entity}
            onChange={(event) => set({ entity: event.target.value })}
          >
            {entities.map((entity) => (
              <option key={entity}>{entity}</option>
            ))}
          </select>
        </Field>
        <Field label="Became true at">
          <TimeSelect
            value={table.eventTime}
            times={times.map((column) => column.name)}
            onChange={(eventTime) => set({ eventTime })}
          />
        </Field>
        <Field label="Was written at">
          <TimeSelect
            value={table.createdTime}
            times={times.map((column) => column.name)}
            onChange={(createdTime) => set({ createdTime })}
          />
        </Field>
        <Field label="Holds for (days; empty: for ever)">
          <input
            className={fieldClass}
            type="number"
            min="0"
            step="any"
            value={days}
            onChange={(event) => {
              const seconds = Math.round(Number(event.target.value) * 86_400);
              set({ ttlSeconds: seconds > 0 ? seconds : undefined });
            }}
          />
        </Field>
        <fieldset className="sm:col-span-2">
          <legend className="mb-1 text-2xs font-medium text-faint">
            Grain: the columns that make a row unique
          </legend>
          <div className="scroll-slim flex max-h-28 flex-wrap gap-1 overflow-auto">
            {names.map((name) => (
              <label
                key={name}
                className="rounded border border-line px-1.5 font-mono text-2xs leading-5 text-dim has-checked:border-accent has-checked:bg-accent-soft has-checked:text-accent has-focus-visible:outline-2 has-focus-visible:outline-accent"
              >
                <input
                  type="checkbox"
                  className="sr-only"
                  checked={table.grain.includes(name)}
                  onChange={() =>
                    set({
                      grain: table.grain.includes(name)
                        ? table.grain.filter((one) => one !== name)
                        : [...table.grain, name],
                    })
                  }
                />
                {name}
              </label>
            ))}
          </div>
        </fieldset>
        <DraftKeys keys={table.keys} names={names} entities={entities} onChange={(keys) => set({ keys })} />
      </div>
      <DraftColumns columns={table.columns} onChange={(columns) => set({ columns })} />
    </details>
  );
}

function Field({ label, wide = false, children }: { label: string; wide?: boolean; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the child
    <label className={`block ${wide ? "sm:col-span-2" : ""}`}>
      <span className="mb-1 block text-2xs font-medium text-faint">{label}</span>
      {children}
    </label>
  );
}

function TimeSelect(props: {
  value: string | undefined;
  times: string[];
  onChange(value: string | undefined): void;
}) {
  return (
    <select
      className={fieldClass}
      value={props.value ?? ""}
      onChange={(event) => props.onChange(event.target.value || undefined)}
    >
      <option value="">no time</option>
      {props.times.map((name) => (
        <option key={name}>{name}</option>
      ))}
    </select>
  );
}
