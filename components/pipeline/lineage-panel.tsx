"use client";

import Link from "next/link";
import { plural } from "@/components/format";
import { Icon } from "@/components/ui/icon";
import { ColumnTrace } from "./column-trace";
import { KindKey } from "./lineage-kinds";
import type { GraphNode, PlacedGraph, TracedColumn } from "./lineage-types";
import { TableNames } from "./table-names";
import { TablePicker } from "./table-picker";

/** What stands beside the graph: a way to find a table, and what the chosen one is. */
export function LineagePanel({ runId, graph, node, column, onColumn, onChoose }: LineagePanelProps) {
  const byId = new Map(graph.nodes.map((one) => [one.id, one]));
  const named = (ids: string[]) =>
    ids.flatMap((id) => byId.get(id) ?? []).sort((a, b) => (a.name < b.name ? -1 : 1));
  return (
    <aside
      aria-label="The chosen table"
      className="scroll-slim max-h-[55%] shrink-0 space-y-3 overflow-y-auto border-t border-line bg-paper px-4 py-3 text-xs lg:max-h-none lg:w-80 lg:border-t-0 lg:border-l"
    >
      <TablePicker nodes={graph.nodes} onChoose={onChoose} />
      {!node && (
        <p className="text-dim">
          {plural(graph.nodes.length, "table")} and {plural(graph.edges.length, "link")} between them. Choose
          a table to see what it stands on and what stands on it.
        </p>
      )}
      {node && (
        <>
          <header>
            <div className="flex items-start justify-between gap-2">
              <h2 className="font-mono font-medium [overflow-wrap:anywhere]">{node.name}</h2>
              <button
                type="button"
                aria-label="Choose no table"
                onClick={() => onChoose(null)}
                className="rounded p-0.5 text-faint hover:bg-hover hover:text-ink"
              >
                <Icon name="close" className="size-3.5" />
              </button>
            </div>
            <p className="text-2xs text-faint">
              <KindKey kind={node.kind} /> · {plural(node.columns, "column")}
              {node.kind === "feature" && (
                <>
                  {" · "}
                  <Link
                    href={`/pipeline/${runId}/tables/${node.name}`}
                    prefetch={false}
                    className="text-accent hover:underline"
                  >
                    its page
                  </Link>
                </>
              )}
            </p>
            {node.description && <p className="mt-1 text-dim">{node.description}</p>}
          </header>
          <Linked
            title="Stands on"
            nodes={named(graph.edges.filter(({ to }) => to === node.id).map(({ from }) => from))}
            onChoose={onChoose}
          />
          <Linked
            title="Used by"
            nodes={named(graph.edges.filter(({ from }) => from === node.id).map(({ to }) => to))}
            onChoose={onChoose}
          />
          {node.kind !== "source" && node.kind !== "computed" && (
            <ColumnTrace runId={runId} model={node.id} column={column} onColumn={onColumn} />
          )}
        </>
      )}
    </aside>
  );
}

interface LineagePanelProps {
  runId: string;
  graph: PlacedGraph;
  node: GraphNode | null;
  column: TracedColumn | null;
  onColumn(column: TracedColumn | null): void;
  onChoose(id: string | null): void;
}

function Linked({
  title,
  nodes,
  onChoose,
}: {
  title: string;
  nodes: GraphNode[];
  onChoose(id: string): void;
}) {
  if (nodes.length === 0) return null;
  return (
    <section aria-label={title}>
      <h3 className="mb-0.5 text-2xs text-faint">{title}</h3>
      <TableNames nodes={nodes} onChoose={onChoose} />
    </section>
  );
}
