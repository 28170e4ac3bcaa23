"use client";

import { useState } from "react";
import { formatCount } from "@/components/format";
import { findTables } from "./find-tables";
import type { GraphNode } from "./lineage-types";

const mostShown = 12;

/** Finds a table of the graph by a part of its name; Enter chooses the first of those found. */
export function TablePicker({ nodes, onChoose }: { nodes: GraphNode[]; onChoose(id: string): void }) {
  const [asked, setAsked] = useState("");
  const found = findTables(nodes, asked);
  const [first] = found;
  return (
    <search>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (first) onChoose(first.id);
        }}
      >
        <input
          type="search"
          aria-label="Find a table"
          placeholder="Find a table"
          autoComplete="off"
          value={asked}
          onChange={(event) => setAsked(event.target.value)}
          className="w-full rounded-md border border-line-strong bg-surface px-2.5 py-1 placeholder:text-faint"
        />
      </form>
      <ul aria-label="Tables found" className="mt-1 flex flex-wrap gap-1 empty:hidden">
        {found.slice(0, mostShown).map(({ id, name }) => (
          <li key={id}>
            <button
              type="button"
              onClick={() => onChoose(id)}
              className="rounded border border-line bg-surface px-1.5 font-mono text-2xs hover:bg-hover"
            >
              {name}
            </button>
          </li>
        ))}
      </ul>
      <p role="status" className="mt-1 text-dim empty:hidden">
        {asked.trim() !== "" && !first && `No table has “${asked.trim()}” in its name.`}
        {found.length > mostShown &&
          `And ${formatCount(found.length - mostShown)} more: write more of the name.`}
      </p>
    </search>
  );
}
