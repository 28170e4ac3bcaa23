import type { GraphNode } from "./lineage-types";

/** The tables whose name has this in it, in any case: first the one so called, then those that begin so, then the others. */
export function findTables(nodes: GraphNode[], asked: string): GraphNode[] {
  const part = asked.trim().toLowerCase();
  if (part === "") return [];
  const rankOf = (name: string) => (name === part ? 0 : name.startsWith(part) ? 1 : 2);
  return nodes
    .map((node) => ({ node, name: node.name.toLowerCase() }))
    .filter(({ name }) => name.includes(part))
    .sort((a, b) => rankOf(a.name) - rankOf(b.name) || (a.name < b.name ? -1 : 1))
    .map(({ node }) => node);
}
