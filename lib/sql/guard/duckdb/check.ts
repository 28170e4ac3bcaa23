import type { AllowedTable } from "../index";
import { refusal } from "../refusal";
import { quoted, tableJudge, type VisibleCtes } from "../tables";
import { functions, sessionWords, tableFunctions } from "./functions";
import { knownNodes } from "./nodes";
import { type Node, parseDuckDb } from "./parse";

/**
 * Walks the whole tree of a statement. Gives the names of the tables that it reads.
 * @throws AppError SQL_REFUSED
 */
export async function checkDuckDb(sql: string, tables: readonly AllowedTable[]): Promise<Set<string>> {
  const statement = await parseDuckDb(sql);
  if (statement.named_param_map !== undefined) throw parameterRefusal();
  const { judge, used } = tableJudge(tables, (name) => name.toLowerCase());
  const columns = new Set(tables.flatMap((table) => table.columns.map((name) => name.toLowerCase())));

  const visitAll = (value: unknown, field: string, ctes: VisibleCtes): void => {
    if (Array.isArray(value)) for (const one of value) visitAll(one, field, ctes);
    else if (isNode(value)) visit(value, field, ctes);
  };
  const visit = (node: Node, field: string, ctes: VisibleCtes): void => {
    const kind = kindOf(node, field);
    const fields = knownNodes[kind];
    if (kind === "class PARAMETER") throw parameterRefusal(node);
    if (kind === "SHOW_REF") {
      throw refusal(
        "statement",
        "not a SELECT",
        "SHOW, DESCRIBE and SUMMARIZE may not run here. Write a SELECT.",
      );
    }
    if (kind === "BASE_TABLE") {
      const schemas = [text(node.catalog_name), text(node.schema_name)].filter((name) => name !== "");
      judge(
        text(node.table_name),
        isOwnSchema(schemas) ? [] : schemas,
        isOwnSchema(schemas) ? nothing : ctes,
        at(node),
      );
    }
    if (kind === "TABLE_FUNCTION") checkTableFunction(node.function);
    else if (kind === "class FUNCTION" && field !== "function") checkFunction(node);
    if (kind === "class WINDOW") checkFunction(node);
    if (kind === "class COLUMN_REF") checkColumn(node, columns);
    if (!fields) throw unknownConstruct(kind, node);
    for (const name of Object.keys(node)) {
      if (!fields.has(name)) throw unknownConstruct(`${kind}.${name}`, node);
    }
    const visible = addCtes(node, ctes);
    for (const [name, value] of Object.entries(node)) {
      if (name === "cte_map") continue;
      const own =
        kind === "RECURSIVE_CTE_NODE" && name === "right" ? [text(node.cte_name).toLowerCase()] : [];
      visitAll(value, name, own.length > 0 ? new Set([...visible, ...own]) : visible);
    }
  };
  /** Each CTE sees those before it; the query sees them all. */
  const addCtes = (node: Node, ctes: VisibleCtes): VisibleCtes => {
    if (node.cte_map === undefined) return ctes;
    const visible = new Set(ctes);
    const map = isNode(node.cte_map) && Array.isArray(node.cte_map.map) ? node.cte_map.map : [null];
    for (const entry of map) {
      if (!isNode(entry) || !isNode(entry.value)) throw unknownConstruct("cte_map", node);
      for (const name of Object.keys(entry.value)) {
        if (!["query", "aliases", "materialized", "key_targets"].includes(name))
          throw unknownConstruct(`cte_map.${name}`, node);
      }
      visitAll(entry.value.query, "query", visible);
      visitAll(entry.value.key_targets, "key_targets", visible);
      visible.add(text(entry.key).toLowerCase());
    }
    return visible;
  };
  for (const name of Object.keys(statement)) if (name !== "node") throw unknownConstruct(name, statement);
  visitAll(statement.node, "node", nothing);
  return used;
}

const nothing: VisibleCtes = new Set();

/** One database is attached, and its only schema is `main`. */
function isOwnSchema(schemas: string[]): boolean {
  return schemas.length === 1 && schemas[0]?.toLowerCase() === "main";
}

function checkFunction(node: Node): void {
  const name = text(node.function_name).toLowerCase();
  const [catalog, schema] = [text(node.catalog), text(node.schema)];
  // The parser itself writes `main` before the functions that it makes of brackets.
  if (functions.has(name) && catalog === "" && (schema === "" || schema === "main")) return;
  const full = [catalog, schema, name].filter((part) => part !== "").join(".");
  throw refusal(
    "function",
    "function not allowed",
    `The function ${quoted(full)} may not be used here: only functions that compute from the mart's own values may.`,
    { function: full, ...where(node) },
  );
}

function checkTableFunction(called: unknown): void {
  const name = isNode(called) ? text(called.function_name).toLowerCase() : "";
  if (
    isNode(called) &&
    tableFunctions.has(name) &&
    called.schema === undefined &&
    called.catalog === undefined
  )
    return;
  throw refusal(
    "function",
    "table function not allowed",
    `${quoted(name)} may not stand in FROM: only this mart's tables, ${[...tableFunctions].join(", ")} may. Files and addresses cannot be read.`,
    { function: name, ...(isNode(called) ? where(called) : {}) },
  );
}

/** Without a column of that name the engine takes these words for functions that tell about the session. */
function checkColumn(node: Node, columns: ReadonlySet<string>): void {
  const names = Array.isArray(node.column_names) ? node.column_names.map(text) : [];
  const name = names.length === 1 ? (names[0] ?? "").toLowerCase() : "";
  if (!sessionWords.has(name) || columns.has(name)) return;
  throw refusal(
    "function",
    "function not allowed",
    `${quoted(name)} tells about the session and may not be used here.`,
    {
      function: name,
      ...where(node),
    },
  );
}

function kindOf(node: Node, field: string): string {
  if (typeof node.class === "string") return `class ${node.class}`;
  return typeof node.type === "string" ? node.type : field;
}

function unknownConstruct(construct: string, node: Node) {
  return refusal(
    "construct",
    "construct not allowed",
    "The statement uses a construct that may not be used here. Write it as a plain SELECT with joins, CTEs and subqueries.",
    { construct: construct.slice(0, 80), ...where(node) },
  );
}

function parameterRefusal(node: Node = {}) {
  return refusal(
    "parameter",
    "parameter",
    "The statement has a parameter (`?` or `$1`), and there is no value for it. Write the value itself.",
    where(node),
  );
}

const at = (node: Node) => (typeof node.query_location === "number" ? node.query_location : undefined);

function where(node: Node): { at?: number } {
  const position = at(node);
  return position === undefined ? {} : { at: position };
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
