"use client";

import { useState } from "react";
import { formatCount } from "@/components/format";
import { findTables } from "./find-tables";
import type { GraphNode } from "./lineage-types";
import { TableNames } from "./table-names";

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
      {found.length > 0 && (
        <div className="mt-1">
          <TableNames label="Tables found" nodes={found.slice(0, mostShown)} onChoose={onChoose} />
        </div>
      )}
      <p role="status" className="mt-1 text-dim empty:hidden">
        {asked.trim() !== "" && !first && `No table has “${asked.trim()}” in its name.`}
        {found.length > mostShown &&
          `And ${formatCount(found.length - mostShown)} more: write more of the name.`}
      </p>
    </search>
  );
}
