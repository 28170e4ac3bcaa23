import { traceExpression } from "./expression";
import { isNode, type Node, nodes, type Origins, type Scope, text } from "./tree";

/** The columns that a star, or `COLUMNS(*)`, stands for; null where only the engine's binder knows. */
export function expandStar(star: Node, scope: Scope): Map<string, Origins> | null {
  // COLUMNS of a pattern or a function.
  if (star.expr) return null;
  const wanted = text(star.relation_name).toLowerCase();
  const excluded = new Set(list(star.exclude_list).map(columnName));
  const renamed = new Map(nodes(star.rename_list).map(({ key, value }) => [columnName(key), text(value)]));
  const replaced = new Map(
    nodes(star.replace_list).map(({ key, value }) => [columnName(key), traceExpression(value, scope)]),
  );
  const columns = new Map<string, Origins>();
  for (const relation of scope.relations) {
    if (wanted && relation.alias.toLowerCase() !== wanted) continue;
    if (relation.columns === null) return null;
    for (const [name, origins] of relation.columns) {
      const given = (renamed.get(name) ?? name).toLowerCase();
      if (excluded.has(name) || columns.has(given)) continue;
      const merged = wanted ? undefined : scope.merged.get(name);
      columns.set(given, replaced.get(name) ?? merged ?? origins);
    }
  }
  return columns;
}

/** `COLUMNS(*)` inside an expression: the expression once for every column; null where there are several, or names are given. */
export function expandExpression(item: Node, scope: Scope): Map<string, Origins> | null {
  const stars = starsIn(item);
  const [star] = stars;
  const columns = star && stars.length === 1 && !item.alias ? expandStar(star, scope) : null;
  if (!columns) return null;
  return new Map(
    [...columns].map(([name, origins]) => [name, traceExpression(item, { ...scope, star: origins })]),
  );
}

/** The stars of an expression itself, not of its subqueries. */
export function starsIn(node: unknown): Node[] {
  if (Array.isArray(node)) return node.flatMap(starsIn);
  if (!isNode(node) || node.class === "SUBQUERY") return [];
  return node.class === "STAR" ? [node] : Object.values(node).flatMap(starsIn);
}

function columnName(entry: unknown): string {
  return (typeof entry === "string" ? entry : text(isNode(entry) ? entry.column : "")).toLowerCase();
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
