"use client";

import { useEffect, useMemo, useState } from "react";
import { layoutGraph, reachable } from "./layout-graph";
import { LineageGraph } from "./lineage-graph";
import { KindKey } from "./lineage-kinds";
import { LineagePanel } from "./lineage-panel";
import type { PlacedGraph, TracedColumn } from "./lineage-types";

const zooms = [0.5, 0.65, 0.8, 1, 1.25, 1.5];

/** The graph with its ways to look at it: a table lights what it stands on and what stands on it, a column only its own way. */
export function LineageView({
  runId,
  graph,
  first,
}: {
  runId: string;
  graph: PlacedGraph;
  first: string | null;
}) {
  const [chosen, setChosen] = useState(first);
  const [column, setColumn] = useState<TracedColumn | null>(null);
  const [isAlone, setAlone] = useState(first !== null);
  const [zoom, setZoom] = useState(3);
  const node = graph.nodes.find(({ id }) => id === chosen) ?? null;
  const lit = useMemo(() => {
    if (column) return new Set(column.through);
    if (!chosen) return null;
    return new Set([...reachable(chosen, graph.edges, "up"), ...reachable(chosen, graph.edges, "down")]);
  }, [chosen, column, graph]);

  // Of hundreds of tables those that matter stand far apart; alone they fit.
  const shown = useMemo(() => {
    if (!isAlone || !lit) return graph;
    return layoutGraph(
      graph.nodes.filter(({ id }) => lit.has(id)),
      graph.edges.filter(({ from, to }) => lit.has(from) && lit.has(to)),
    );
  }, [graph, isAlone, lit]);

  useEffect(() => {
    if (first)
      document.getElementById(`node-${first}`)?.scrollIntoView({ block: "center", inline: "center" });
  }, [first]);

  function choose(id: string | null, show = false) {
    setColumn(null);
    setChosen(id);
    const address = new URL(window.location.href);
    if (id) address.searchParams.set("table", id);
    else address.searchParams.delete("table");
    window.history.replaceState(null, "", address);
    if (id && show)
      document.getElementById(`node-${id}`)?.scrollIntoView({ block: "nearest", inline: "center" });
  }

  return (
    <div className="flex min-h-0 flex-1 flex-col lg:flex-row">
      <div className="flex min-h-64 min-w-0 flex-1 flex-col">
        <div className="flex shrink-0 flex-wrap items-center justify-between gap-x-4 gap-y-1 border-b border-line px-4 py-1.5 text-2xs text-dim">
          <span className="flex flex-wrap gap-x-4">
            {(["source", "computed", "staging", "intermediate", "feature"] as const).map((kind) => (
              <KindKey key={kind} kind={kind} />
            ))}
          </span>
          <span className="flex items-center gap-1">
            {lit && (
              <label className="mr-3 flex items-center gap-1.5">
                <input
                  type="checkbox"
                  checked={isAlone}
                  onChange={(event) => setAlone(event.target.checked)}
                />
                only what is lit
              </label>
            )}
            <ZoomButton label="Zoom out" text="−" onClick={() => setZoom(Math.max(0, zoom - 1))} />
            <span className="w-9 text-center tabular-nums">{Math.round((zooms[zoom] ?? 1) * 100)}%</span>
            <ZoomButton
              label="Zoom in"
              text="+"
              onClick={() => setZoom(Math.min(zooms.length - 1, zoom + 1))}
            />
          </span>
        </div>
        <section
          aria-label="Graph"
          // A scrolling region must be reachable by keyboard.
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls
          tabIndex={0}
          className="scroll-slim min-h-0 flex-1 overflow-auto"
        >
          <LineageGraph graph={shown} zoom={zooms[zoom] ?? 1} chosen={chosen} lit={lit} onChoose={choose} />
        </section>
      </div>
      <LineagePanel
        key={chosen}
        runId={runId}
        graph={graph}
        node={node}
        column={column}
        onColumn={setColumn}
        onChoose={(id) => choose(id, true)}
      />
    </div>
  );
}

function ZoomButton({ label, text, onClick }: { label: string; text: string; onClick(): void }) {
  return (
    <button
      type="button"
      aria-label={label}
      onClick={onClick}
      className="size-6 rounded border border-line text-sm leading-none hover:bg-hover hover:text-ink"
    >
      {text}
    </button>
  );
}
