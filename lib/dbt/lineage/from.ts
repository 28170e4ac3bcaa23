import { traceExpression } from "./expression";
import { renamed, traceQuery } from "./query";
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
import { traceUnpivot } from "./unpivot";

type From = Pick<Scope, "relations" | "merged">;

/** What a FROM makes visible. Tables are looked up among the CTEs, by schema and name where they have a schema. */
export function traceFrom(
  node: unknown,
  ctes: Map<string, Relation>,
  outer: Scope | null,
  before: Relation[] = [],
): From {
  if (!isNode(node)) return { relations: [], merged: new Map() };
  if (node.type === "JOIN") return traceJoin(node, ctes, outer, before);
  if (node.type === "EMPTY") return { relations: [], merged: new Map() };
  // A lateral subquery and a table function see what stands before them.
  const lateral: Scope = { relations: before, merged: new Map(), aliases: new Map(), ctes, outer };
  const relation = renamed(traceTable(node, ctes, lateral), texts(node.column_name_alias));
  return { relations: [{ ...relation, alias: text(node.alias) || relation.alias }], merged: new Map() };
}

function traceTable(node: Node, ctes: Map<string, Relation>, lateral: Scope): Relation {
  if (node.type === "BASE_TABLE") {
    const [schema, name] = [text(node.schema_name), text(node.table_name)];
    const found = ctes.get((schema ? `${schema}.${name}` : name).toLowerCase());
    return { alias: name, columns: found?.columns ?? null, rows: found?.rows ?? null };
  }
  if (node.type === "SUBQUERY" && isNode(node.subquery) && isNode(node.subquery.node)) {
    return traceQuery(node.subquery.node, ctes, lateral);
  }
  if (node.type === "PIVOT") {
    const source = traceFrom(node.source, ctes, lateral.outer, lateral.relations);
    return traceUnpivot(node, { ...lateral, ...source });
  }
  if (node.type === "EXPRESSION_LIST") return traceValues(node, lateral);
  if (node.type === "TABLE_FUNCTION" && isNode(node.function)) return traceFunction(node.function, lateral);
  return { alias: "", columns: null, rows: null };
}

/** The columns of VALUES are called col0, col1 … where nothing else is said. */
function traceValues(node: Node, scope: Scope): Relation {
  const columns = new Map<string, Origins>();
  for (const row of Array.isArray(node.values) ? node.values : []) {
    for (const [index, value] of nodes(row).entries()) {
      const name = `col${index}`;
      columns.set(name, union([columns.get(name) ?? nothing, traceExpression(value, scope)]));
    }
  }
  return { alias: "", columns, rows: nothing };
}

/** Functions that make one column of their arguments; of others the columns are not known. */
const oneColumn = new Set(["unnest", "range", "generate_series"]);

function traceFunction(called: Node, scope: Scope): Relation {
  const name = text(called.function_name).toLowerCase();
  if (!oneColumn.has(name)) return { alias: name, columns: null, rows: null };
  const origins = traceExpression(called.children, scope);
  return { alias: name, columns: new Map([[name, origins]]), rows: origins };
}

function traceJoin(node: Node, ctes: Map<string, Relation>, outer: Scope | null, before: Relation[]): From {
  const left = traceFrom(node.left, ctes, outer, before);
  const right = traceFrom(node.right, ctes, outer, [...before, ...left.relations]);
  const kind = text(node.join_type);
  if (kind === "SEMI" || kind === "ANTI") return left;
  const relations = [...left.relations, ...right.relations];
  const merged = new Map([...left.merged, ...right.merged]);
  if (node.ref_type === "NATURAL") {
    return { relations: relations.map((one) => ({ ...one, columns: null })), merged: new Map() };
  }
  for (const column of texts(node.using_columns)) {
    const name = column.toLowerCase();
    const [ofLeft, ofRight] = [left, right].map((side) => {
      const known = side.merged.get(name);
      if (known !== undefined) return known;
      return side.relations.find(({ columns }) => columns?.has(name))?.columns?.get(name) ?? null;
    });
    const sides =
      kind === "RIGHT" ? [ofRight] : kind === "OUTER" || kind === "FULL" ? [ofLeft, ofRight] : [ofLeft];
    merged.set(name, union(sides.map((one) => one ?? null)));
  }
  return { relations, merged };
}
