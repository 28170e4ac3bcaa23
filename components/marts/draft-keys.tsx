"use client";

import type { DraftTable } from "./draft-table-editor";
import { fieldClass } from "./field";

type DraftKey = DraftTable["keys"][number];

/** The keys of a table: by these it joins. */
export function DraftKeys({
  keys,
  names,
  entities,
  onChange,
}: {
  keys: DraftKey[];
  names: string[];
  entities: string[];
  onChange(keys: DraftKey[]): void;
}) {
  const change = (index: number, part: Partial<DraftKey>) =>
    onChange(keys.map((key, at) => (at === index ? { ...key, ...part } : key)));
  return (
    <fieldset className="sm:col-span-2">
      <legend className="mb-1 text-2xs font-medium text-faint">Keys: by these the table joins</legend>
      <ul className="space-y-1">
        {keys.map((key, index) => (
          <li
            // biome-ignore lint/suspicious/noArrayIndexKey: a key has no name, and the list is short
            key={index}
            className="grid grid-cols-[6rem_1fr_1fr_6rem_auto] items-center gap-1.5 max-sm:grid-cols-2"
          >
            <select
              aria-label="Kind of key"
              className={fieldClass}
              value={key.kind}
              onChange={(event) => change(index, { kind: event.target.value as DraftKey["kind"] })}
            >
              <option>primary</option>
              <option>unique</option>
              <option>foreign</option>
            </select>
            <select
              aria-label="Columns of the key"
              className={fieldClass}
              value={key.columns.join(", ")}
              onChange={(event) => change(index, { columns: event.target.value.split(", ") })}
            >
              {[...new Set([key.columns.join(", "), ...names])].map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
            <select
              aria-label="Entity that the key names"
              className={fieldClass}
              value={key.entity}
              onChange={(event) => change(index, { entity: event.target.value })}
            >
              {[...new Set([key.entity, ...entities])].map((entity) => (
                <option key={entity} value={entity}>
                  → {entity}
                </option>
              ))}
            </select>
            <input
              aria-label="Role of the key"
              placeholder="role"
              className={fieldClass}
              value={key.role ?? ""}
              onChange={(event) => change(index, { role: event.target.value || undefined })}
            />
            <button
              type="button"
              className="rounded px-1.5 py-1 text-xs text-dim hover:bg-hover hover:text-ink"
              onClick={() => onChange(keys.filter((_, at) => at !== index))}
            >
              Remove
            </button>
          </li>
        ))}
      </ul>
      <button
        type="button"
        className="mt-1 rounded px-1 py-0.5 text-xs text-accent hover:bg-hover"
        onClick={() =>
          onChange([...keys, { kind: "foreign", entity: entities[0] ?? "", columns: names.slice(0, 1) }])
        }
      >
        Add a key
      </button>
    </fieldset>
  );
}
