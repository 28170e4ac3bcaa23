import { expect, it } from "vitest";
import { groupBy } from "@/lib/group-by";
import { layoutGraph, nodeSize, reachable } from "./layout-graph";
import type { GraphEdge, GraphNode } from "./lineage-types";

function node(id: string): GraphNode {
  const kinds = { s: "source", t: "staging", i: "intermediate", F: "feature" } as const;
  const kind = kinds[id[0] as keyof typeof kinds];
  return { id, name: id, kind, description: "", columns: 1 };
}

function edgesOf(text: string): GraphEdge[] {
  return text.split(" ").map((pair) => {
    const [from = "", to = ""] = pair.split(">");
    return { from, to };
  });
}

const nodes = ["s1", "s2", "t1", "t2", "i1", "i2", "F1", "F2", "F3"].map(node);
const edges = edgesOf("s1>t1 s2>t2 t1>i1 i1>i2 t2>i2 i2>F1 t2>F2 F1>F3 F2>F3");

it("puts every node right of what it stands on, and all feature tables right of the models between", () => {
  const { nodes: placed, width, height } = layoutGraph(nodes, edges);
  const at = new Map(placed.map((one) => [one.id, one]));
  for (const { from, to } of edges)
    expect(at.get(to)?.x, `${from} > ${to}`).toBeGreaterThan(at.get(from)?.x ?? 0);
  expect(at.get("F1")?.x).toBe(at.get("F2")?.x);
  expect(at.get("F2")?.x).toBeGreaterThan(at.get("i2")?.x ?? 0);
  expect(width).toBe((at.get("F3")?.x ?? 0) + nodeSize.width);
  expect(placed.every(({ y }) => y >= 0 && y + nodeSize.height <= height)).toBe(true);
});

it("lets no two nodes of a layer overlap, and untangles lines that cross", () => {
  const many = Array.from({ length: 30 }, (_, index) => [node(`s${index}`), node(`t${29 - index}`)]).flat();
  const straight = Array.from({ length: 30 }, (_, index) => ({ from: `s${index}`, to: `t${index}` }));
  const { nodes: placed } = layoutGraph(many, straight);
  const columns = groupBy(placed, ({ x }) => String(x));
  for (const column of columns.values()) {
    const tops = column.map(({ y }) => y).sort((a, b) => a - b);
    for (const [index, top] of tops.entries()) {
      if (index > 0) expect(top - (tops[index - 1] ?? 0)).toBeGreaterThanOrEqual(nodeSize.height);
    }
  }
  const at = new Map(placed.map(({ id, y }) => [id, y]));
  for (const { from, to } of straight) expect(at.get(from)).toBe(at.get(to));
});

it("finds all that a node stands on, and all that stands on it", () => {
  expect([...reachable("i2", edges, "up")].sort()).toEqual(["i1", "i2", "s1", "s2", "t1", "t2"]);
  expect([...reachable("i2", edges, "down")].sort()).toEqual(["F1", "F3", "i2"]);
});

it("draws nothing of nothing", () => {
  expect(layoutGraph([], [])).toMatchObject({ nodes: [], edges: [] });
});
