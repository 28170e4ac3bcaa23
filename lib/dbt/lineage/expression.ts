import { traceQuery } from "./query";
import {
  isNode,
  type Node,
  nodes,
  nothing,
  type Origins,
  type Relation,
  type Scope,
  text,
  texts,
  union,
} from "./tree";

/** What an expression's value is computed from. */
export function traceExpression(node: unknown, scope: Scope): Origins {
  if (Array.isArray(node)) return union(node.map((one) => traceExpression(one, scope)));
  if (!isNode(node)) return nothing;
  if (node.class === "COLUMN_REF") return resolve(texts(node.column_names), scope);
  if (node.class === "SUBQUERY") return traceSubquery(node, scope);
  if (node.class === "LAMBDA") return traceLambda(node, scope);
  // Elsewhere than in a select list only the engine's binder knows what a star stands for.
  if (node.class === "STAR") return scope.star ?? null;
  const counted = countsRows(node) ? [union(scope.relations.map(({ rows }) => rows))] : [];
  const parts = Object.values(node).filter((part) => typeof part === "object");
  return union([...counted, ...parts.map((part) => traceExpression(part, scope))]);
}

function countsRows({ function_name: name, children }: Node): boolean {
  return name === "count_star" || (name === "count" && children === undefined);
}

function traceSubquery(node: Node, scope: Scope): Origins {
  const query = isNode(node.subquery) && isNode(node.subquery.node) ? node.subquery.node : null;
  const isValue = node.subquery_type === "SCALAR" || node.subquery_type === "ANY";
  const columns = query && isValue ? traceQuery(query, scope.ctes, scope).columns : null;
  return columns ? union([...columns.values(), traceExpression(node.child, scope)]) : null;
}

/** The parameters hide columns of their names. */
function traceLambda(node: Node, scope: Scope): Origins {
  const left = isNode(node.lhs) ? node.lhs : {};
  const parameters = left.class === "COLUMN_REF" ? [left] : nodes(left.children);
  const columns = new Map(
    parameters.map(({ column_names }) => [text(texts(column_names)[0]).toLowerCase(), nothing]),
  );
  const bound: Relation = { alias: "", columns, rows: nothing };
  return traceExpression(node.expr, {
    ...scope,
    relations: [bound],
    merged: new Map(),
    aliases: new Map(),
    outer: scope,
  });
}

/** `column`, `relation.column`, `schema.relation.column`, or a field of a struct after any of these. */
function resolve(names: string[], scope: Scope): Origins {
  const [first = "", second, third] = names.map((name) => name.toLowerCase());
  for (let at: Scope | null = scope; at; at = at.outer) {
    const found =
      (second === undefined ? undefined : (inRelation(at, first, second) ?? inRelation(at, second, third))) ??
      unqualified(at, first);
    if (found !== undefined) return found;
    // A relation whose columns are unknown may well have it.
    if (at.relations.some(({ columns }) => columns === null)) return null;
  }
  return null;
}

function inRelation(scope: Scope, alias: string, column: string | undefined): Origins | undefined {
  const relation = scope.relations.find((one) => one.alias.toLowerCase() === alias);
  if (!relation || column === undefined) return undefined;
  return relation.columns === null ? null : relation.columns.get(column);
}

function unqualified(scope: Scope, name: string): Origins | undefined {
  const merged = scope.merged.get(name);
  if (merged !== undefined) return merged;
  for (const { columns } of scope.relations) {
    const found = columns?.get(name);
    if (found !== undefined) return found;
  }
  return scope.aliases.get(name);
}
