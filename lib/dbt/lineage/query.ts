import { traceExpression } from "./expression";
import { traceFrom } from "./from";
import { expandExpression, expandStar, starsIn } from "./star";
import {
  isNode,
  type Node,
  nodes,
  type Origins,
  type Relation,
  type Scope,
  text,
  texts,
  union,
} from "./tree";

/** The columns that a query gives. `outer` is what a correlated query sees beside its own. */
export function traceQuery(node: Node, known: Map<string, Relation>, outer: Scope | null): Relation {
  const ctes = new Map(known);
  const map = isNode(node.cte_map) ? nodes(node.cte_map.map) : [];
  for (const { key, value } of map) ctes.set(text(key).toLowerCase(), traceCte(value, ctes, outer));
  if (node.type === "SELECT_NODE") return traceSelect(node, ctes, outer);
  if (node.type === "SET_OPERATION_NODE") return traceSetOperation(node, ctes, outer);
  return unknown;
}

const unknown: Relation = { alias: "", columns: null, rows: null };

/** Columns under other names, by position. */
export function renamed(relation: Relation, names: string[]): Relation {
  if (names.length === 0 || relation.columns === null) return relation;
  const columns = [...relation.columns].map(([name, origins], index): [string, Origins] => [
    (names[index] ?? name).toLowerCase(),
    origins,
  ]);
  return { ...relation, columns: new Map(columns) };
}

function traceCte(value: unknown, ctes: Map<string, Relation>, outer: Scope | null): Relation {
  const query = isNode(value) && isNode(value.query) && isNode(value.query.node) ? value.query.node : {};
  return renamed(traceQuery(query, ctes, outer), isNode(value) ? texts(value.aliases) : []);
}

function traceSelect(node: Node, ctes: Map<string, Relation>, outer: Scope | null): Relation {
  const { relations, merged } = traceFrom(node.from_table, ctes, outer);
  const scope: Scope = { relations, merged, aliases: new Map(), ctes, outer };
  const columns = new Map<string, Origins>();
  const rows = union(relations.map((relation) => relation.rows));
  for (const [position, item] of nodes(node.select_list).entries()) {
    if (starsIn(item).length > 0) {
      const expanded = item.class === "STAR" ? expandStar(item, scope) : expandExpression(item, scope);
      if (!expanded) return { alias: "", columns: null, rows };
      for (const [name, origins] of expanded) columns.set(name, origins);
    } else {
      const origins = traceExpression(item, scope);
      const name = (text(item.alias) || (texts(item.column_names).at(-1) ?? `?${position}`)).toLowerCase();
      columns.set(name, origins);
      scope.aliases.set(name, origins);
    }
  }
  return { alias: "", columns, rows };
}

function traceSetOperation(node: Node, ctes: Map<string, Relation>, outer: Scope | null): Relation {
  const [left, right] = [node.left, node.right].map((side) =>
    isNode(side) ? traceQuery(side, ctes, outer) : unknown,
  );
  const kind = text(node.setop_type);
  if (!left?.columns || !right?.columns) return unknown;
  // Of EXCEPT and INTERSECT all values come from the left.
  if (!kind.startsWith("UNION")) return left;
  const rows = union([left.rows, right.rows]);
  const others = kind === "UNION_BY_NAME" ? right.columns : renamed(right, [...left.columns.keys()]).columns;
  const columns = new Map(left.columns);
  for (const [name, origins] of others ?? []) {
    const own = columns.get(name);
    columns.set(name, own === undefined ? origins : union([own, origins]));
  }
  return { alias: "", columns, rows };
}
