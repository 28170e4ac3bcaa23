import { nodeSize } from "./layout-graph";
import { layerTone } from "./lineage-kinds";
import type { PlacedGraph, PlacedNode } from "./lineage-types";

const margin = 12;

/** The graph as a drawing. What is lit stands out; the rest stays, pale. */
export function LineageGraph({ graph, zoom, chosen, lit, onChoose }: LineageGraphProps) {
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  const [width, height] = [graph.width + 2 * margin, graph.height + 2 * margin];
  const isLit = (id: string) => lit === null || lit.has(id);
  const edges = graph.edges.flatMap(({ from, to }) => {
    const [a, b] = [byId.get(from), byId.get(to)];
    return a && b
      ? [{ key: `${from} ${to}`, path: curve(a, b), lit: lit?.has(from) === true && lit.has(to) }]
      : [];
  });
  return (
    <svg
      viewBox={`${-margin} ${-margin} ${width} ${height}`}
      width={width * zoom}
      height={height * zoom}
      aria-labelledby="lineage-title"
      className="block select-none"
    >
      <title id="lineage-title">Lineage of the tables, sources on the left</title>
      {[...edges]
        .sort((a, b) => Number(a.lit) - Number(b.lit))
        .map((edge) => (
          <path
            key={edge.key}
            d={edge.path}
            fill="none"
            className={edge.lit ? "stroke-accent" : "stroke-line-strong"}
            strokeWidth={edge.lit ? 1.5 : 1}
            opacity={edge.lit ? 0.9 : lit === null ? 0.75 : 0.15}
          />
        ))}
      {graph.nodes.map((node) => (
        <Node
          key={node.id}
          node={node}
          isChosen={node.id === chosen}
          isLit={isLit(node.id)}
          onChoose={() => onChoose(node.id)}
        />
      ))}
    </svg>
  );
}

interface LineageGraphProps {
  graph: PlacedGraph;
  zoom: number;
  chosen: string | null;
  /** Ids of the nodes that stand out; null: all alike. */
  lit: ReadonlySet<string> | null;
  onChoose(id: string): void;
}

function Node({ node, isChosen, isLit, onChoose }: NodeProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: inside a drawing there are no buttons
    <g
      id={`node-${node.id}`}
      role="button"
      tabIndex={0}
      aria-pressed={isChosen}
      aria-label={`${node.name}, ${node.kind}`}
      transform={`translate(${node.x} ${node.y})`}
      onClick={onChoose}
      onKeyDown={(event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        onChoose();
      }}
      opacity={isLit ? 1 : 0.3}
      className="cursor-pointer outline-none [&:focus-visible>rect]:stroke-accent [&:focus-visible>rect]:stroke-2"
    >
      <title>{node.description ? `${node.name}: ${node.description}` : node.name}</title>
      <rect
        width={nodeSize.width}
        height={nodeSize.height}
        rx={4}
        className={isChosen ? "fill-accent-soft stroke-accent" : "fill-surface stroke-line-strong"}
      />
      <rect width={3} height={nodeSize.height} rx={1.5} className={layerTone[node.kind]} />
      <text x={10} y={nodeSize.height / 2 + 3.5} className="fill-ink font-mono text-[10px]">
        {node.name.length > 29 ? `${node.name.slice(0, 28)}…` : node.name}
      </text>
    </g>
  );
}

interface NodeProps {
  node: PlacedNode;
  isChosen: boolean;
  isLit: boolean;
  onChoose(): void;
}

function curve(from: PlacedNode, to: PlacedNode): string {
  const [x1, y1] = [from.x + nodeSize.width, from.y + nodeSize.height / 2];
  const [x2, y2] = [to.x, to.y + nodeSize.height / 2];
  const bend = Math.min((x2 - x1) / 2, 60);
  return `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
}
