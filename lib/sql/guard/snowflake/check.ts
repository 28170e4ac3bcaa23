import type { AllowedTable } from "../index";
import { functionRefusal, refusal } from "../refusal";
import { tableJudge, type VisibleCtes } from "../tables";
import { functions } from "./functions";
import { knownFields, silentFields } from "./kinds";
import { type Node, parseSnowflake } from "./parse";

/**
 * Walks the whole tree of a statement. Gives the names of the tables that it reads, and how many rows its own limit lets
 * through: null where it has none.
 * @throws AppError SQL_REFUSED
 */
export async function checkSnowflake(
  sql: string,
  tables: readonly AllowedTable[],
): Promise<{ used: ReadonlySet<string>; limit: number | null }> {
  const statement = await parseSnowflake(sql);
  const { judge, used } = tableJudge(tables, (name) => name);

  const visitAll = (value: unknown, ctes: VisibleCtes): void => {
    if (Array.isArray(value)) for (const one of value) visitAll(one, ctes);
    else if (isNode(value)) visit(value, ctes);
  };
  const visit = (node: Node, ctes: VisibleCtes): void => {
    const visible = isNode(node.with) ? addCtes(node.with, ctes) : ctes;
    for (const [field, value] of Object.entries(node)) {
      if (field === "with" || silentFields.has(field) || isNothing(value)) continue;
      checkField(field, value);
      if (field === "from" && isNode(value))
        for (const source of nodes(value.expressions)) checkSource(source);
      if (field === "joins") for (const join of nodes(value)) if (isNode(join.this)) checkSource(join.this);
      if (field === "table" && isNode(value) && isNode(value.name)) {
        const qualifiers = [value.catalog, value.schema].filter(isNode).map(nameOf);
        judge(nameOf(value.name), qualifiers, visible);
      }
      visitAll(value, visible);
    }
  };
  /** Each CTE sees those before it; the second half of a recursive one itself; the query sees them all. */
  const addCtes = (node: Node, ctes: VisibleCtes): VisibleCtes => {
    const visible = new Set(ctes);
    for (const cte of nodes(node.ctes)) {
      const name = isNode(cte.alias) ? nameOf(cte.alias) : "";
      const { this: body, ...rest } = cte;
      visitAll(rest, visible);
      const union = isNode(body) && node.recursive === true && isNode(body.union) ? body.union : null;
      if (union) {
        const { right, ...others } = union;
        visitAll({ union: { ...others } }, visible);
        visitAll(right, new Set([...visible, name]));
      } else visitAll(body, visible);
      visible.add(name);
    }
    const { ctes: _, ...rest } = node;
    visitAll(rest, ctes);
    return visible;
  };
  const [kind = ""] = Object.keys(statement);
  if (!["select", "union", "intersect", "except", "subquery", "values"].includes(kind)) {
    throw refusal("statement", "not a SELECT", "Only a plain SELECT may run here. Write it as one.");
  }
  visitAll(statement, new Set());
  return { used, limit: limitOf(isNode(statement[kind]) ? statement[kind] : {}) };
}

function limitOf(query: Node): number | null {
  const given = [query.limit, query.top, query.fetch, query.offset].filter((one) => !isNothing(one));
  if (given.length === 0) return null;
  const limit = isNode(query.limit) ? (query.limit.this ?? query.limit) : null;
  const literal = isNode(limit) && isNode(limit.literal) ? limit.literal : {};
  // Text may be empty, which lifts every limit there.
  const rows = literal.literal_type === "number" ? Number(literal.value) : Number.NaN;
  return Number.isInteger(rows) ? rows : Number.POSITIVE_INFINITY;
}

function checkField(field: string, value: unknown): void {
  if (field === "parameter" || field === "placeholder") {
    throw refusal(
      "parameter",
      "parameter",
      "The statement has a parameter, and there is no value for it. Write the value itself.",
    );
  }
  // Text without the quotes of its names and `$$` values: read again, it is another statement than the one that runs.
  if (field === "raw") {
    throw refusal(
      "construct",
      "unread text",
      "A part of the statement cannot be read for certain. Write `a NOT LIKE b` in place of `NOT a LIKE b`.",
    );
  }
  if (!knownFields.has(field)) throw unknownConstruct(field);
  if ((field === "function" || field === "aggregate_function") && isNode(value)) {
    const name = typeof value.name === "string" ? value.name : "";
    if (!functions.has(name.toLowerCase()) || value.quoted === true) throw functionRefusal(name);
  }
  if (field === "column" && isNode(value) && isNode(value.name) && isNode(value.table)) {
    const name = nameOf(value.name);
    if (/^(NEXTVAL|CURRVAL)$/i.test(name)) {
      throw refusal("function", "sequence", "A sequence may not be moved on here. Leave it out.", {
        function: name,
      });
    }
  }
}

/** In FROM stand tables and queries; what looks like a function there reads stages, results of others, names made of text. */
function checkSource(source: Node): void {
  const [kind = ""] = Object.keys(source);
  const inner = source[kind];
  if (["table", "subquery", "values"].includes(kind)) return;
  if (kind === "joined_table" && isNode(inner) && isNode(inner.left)) {
    checkSource(inner.left);
    return;
  }
  if (["alias", "paren"].includes(kind) && isNode(inner) && isNode(inner.this)) {
    checkSource(inner.this);
    return;
  }
  throw refusal(
    "function",
    "table function not allowed",
    "Only this mart's tables and subqueries over them may stand in FROM: no stages, functions, or other sources.",
    { construct: kind },
  );
}

function unknownConstruct(construct: string) {
  return refusal(
    "construct",
    "construct not allowed",
    "The statement uses a construct that may not be used here. Write it as a plain SELECT with joins, CTEs and subqueries.",
    { construct: construct.slice(0, 80) },
  );
}

/** As Snowflake compares names: capitals, unless they were quoted. */
function nameOf(identifier: Node): string {
  const name = typeof identifier.name === "string" ? identifier.name : "";
  return identifier.quoted === true ? name : name.toUpperCase();
}

function isNothing(value: unknown): boolean {
  return (
    value === null || value === undefined || value === false || (Array.isArray(value) && value.length === 0)
  );
}

function nodes(value: unknown): Node[] {
  return Array.isArray(value) ? value.filter(isNode) : [];
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
