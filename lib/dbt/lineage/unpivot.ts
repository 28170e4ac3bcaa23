import { expandStar } from "./star";
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

/**
 * The columns of an UNPIVOT: those that stay, the name, and the values. Of a PIVOT the columns depend on the data, so they are
 * not known; nor where what is unpivoted is computed there and then.
 */
export function traceUnpivot(node: Node, scope: Scope): Relation {
  const rows = union(scope.relations.map((relation) => relation.rows));
  const all = expandStar({}, scope);
  const [pivot, ...more] = nodes(node.pivots);
  const values = texts(node.unpivot_names);
  const entries = nodes(pivot?.entries).map((entry) => namesOf(entry, scope));
  if (!all || !pivot || more.length > 0 || values.length === 0 || entries.includes(null)) {
    return { alias: "", columns: null, rows };
  }
  // Each entry gives one column to every value; a star gives all of its columns to the only one.
  const groups = entries.map((names) => names ?? []);
  const used = new Set(groups.flat(2));
  const columns = new Map<string, Origins>([...all].filter(([name]) => !used.has(name)));
  for (const name of texts(pivot.unpivot_names)) columns.set(name.toLowerCase(), nothing);
  for (const [index, value] of values.entries()) {
    const origins = groups.flatMap((group) => group.map((names) => all.get(names[index] ?? "") ?? null));
    columns.set(value.toLowerCase(), union(origins));
  }
  return { alias: "", columns, rows };
}

/** The columns that one entry turns into values, as rows of them. */
function namesOf(entry: Node, scope: Scope): string[][] | null {
  const star = entry.star_expr;
  if (isNode(star)) {
    const columns = star.class === "STAR" ? expandStar(star, scope) : null;
    return columns && [...columns.keys()].map((name) => [name]);
  }
  return [nodes(entry.values).map(({ value }) => text(value).toLowerCase())];
}
