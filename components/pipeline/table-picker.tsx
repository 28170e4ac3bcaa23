"use client";

import { useId } from "react";
import type { GraphNode } from "./lineage-types";

/** Finds a table of the graph by its name. */
export function TablePicker({ nodes, onChoose }: { nodes: GraphNode[]; onChoose(id: string): void }) {
  const id = useId();
  return (
    <div>
      <input
        type="search"
        list={id}
        aria-label="Find a table"
        placeholder="Find a table"
        onChange={(event) => {
          const asked = event.target.value.trim().toLowerCase();
          const found = nodes.find(({ name }) => name.toLowerCase() === asked);
          if (found) onChoose(found.id);
        }}
        className="w-full rounded-md border border-line-strong bg-surface px-2.5 py-1 placeholder:text-faint"
      />
      <datalist id={id}>
        {nodes.map(({ id: node, name }) => (
          <option key={node} value={name} />
        ))}
      </datalist>
    </div>
  );
}
