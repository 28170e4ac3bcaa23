import type { GraphEdge, GraphNode, PlacedGraph, PlacedNode } from "./lineage-types";

export const nodeSize = { width: 196, height: 20 };
const pitch = { x: 262, y: 25 };
/** What stands loosely in a short layer stands at most this far apart. */
const loosest = 64;
const sweeps = 8;

/**
 * Places a graph without circles in layers from left to right, every node right of what it stands on: sources and computed tables, staging, the models
 * between by their depth, feature tables last. Within a layer nodes are put in the order of their neighbours' middle (Sugiyama's
 * barycentres), which leaves few crossings.
 */
export function layoutGraph(nodes: GraphNode[], edges: GraphEdge[]): PlacedGraph {
  const [parents, children] = [neighbours(edges, "to", "from"), neighbours(edges, "from", "to")];
  const layers = layersOf(nodes, parents);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const isDown = sweep % 2 === 0;
    const order = isDown ? layers : [...layers].reverse();
    for (const layer of order) sortByMiddle(layer, layers, isDown ? parents : children);
  }
  const tallest = Math.max(...layers.map((layer) => layer.length), 1);
  const height = tallest * pitch.y;
  const placed = layers.flatMap((layer, column) =>
    layer.map((node, row): PlacedNode => {
      const apart = Math.min(height / layer.length, loosest);
      const top = (height - apart * layer.length) / 2;
      return { ...node, x: column * pitch.x, y: top + (row + 0.5) * apart - nodeSize.height / 2 };
    }),
  );
  const width = Math.max(0, layers.length - 1) * pitch.x + nodeSize.width;
  return { nodes: placed, edges, width, height };
}

/** Everything that can be reached from a node, itself included. */
export function reachable(from: string, edges: GraphEdge[], direction: "up" | "down"): Set<string> {
  const next = direction === "up" ? neighbours(edges, "to", "from") : neighbours(edges, "from", "to");
  const found = new Set([from]);
  // What is added while it is walked is walked too.
  for (const id of found) for (const other of next.get(id) ?? []) found.add(other);
  return found;
}

function layersOf(nodes: GraphNode[], parents: Map<string, string[]>): GraphNode[][] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const ranks = new Map<string, number>();
  const rank = (id: string, leastOfFeatures: number): number => {
    const known = ranks.get(id);
    if (known !== undefined) return known;
    const kind = byId.get(id)?.kind;
    const least = { source: 0, computed: 0, staging: 1, intermediate: 2, feature: leastOfFeatures }[
      kind ?? "source"
    ];
    const after = (parents.get(id) ?? []).map((parent) => rank(parent, leastOfFeatures) + 1);
    const found = Math.max(least, ...after);
    ranks.set(id, found);
    return found;
  };
  // Feature tables begin right of every model that stands on none of them.
  const between = nodes.filter(({ kind }) => kind !== "feature").map(({ id }) => rank(id, 0));
  const leastOfFeatures = Math.max(1, ...between) + 1;
  ranks.clear();
  const layers: GraphNode[][] = [];
  for (const node of nodes) {
    const at = rank(node.id, leastOfFeatures);
    layers[at] = [...(layers[at] ?? []), node];
  }
  return layers.filter((layer) => layer !== undefined);
}

function sortByMiddle(layer: GraphNode[], layers: GraphNode[][], next: Map<string, string[]>): void {
  const places = new Map(
    layers.flatMap((other) => other.map(({ id }, index) => [id, (index + 0.5) / other.length] as const)),
  );
  const middles = new Map(
    layer.map(({ id }) => {
      const around = (next.get(id) ?? []).flatMap((other) => places.get(other) ?? []);
      const sum = around.reduce((all, place) => all + place, 0);
      return [id, around.length > 0 ? sum / around.length : (places.get(id) ?? 0)] as const;
    }),
  );
  layer.sort((a, b) => (middles.get(a.id) ?? 0) - (middles.get(b.id) ?? 0));
}

function neighbours(edges: GraphEdge[], of: "from" | "to", other: "from" | "to"): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const edge of edges) {
    const known = found.get(edge[of]);
    if (known) known.push(edge[other]);
    else found.set(edge[of], [edge[other]]);
  }
  return found;
}
