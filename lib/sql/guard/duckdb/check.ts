import type { AllowedTable } from "../index";
import { refusal } from "../refusal";
import { tableJudge, type VisibleCtes } from "../tables";
import { isNode, judgeNode, parameterRefusal, text, unknownConstruct } from "./judge-node";
import { knownNodes } from "./nodes";
import { type Node, parseDuckDb } from "./parse";

/**
 * Walks the whole tree of a statement. Gives the names of the tables that it reads.
 * @throws AppError SQL_REFUSED
 */
export async function checkDuckDb(sql: string, tables: readonly AllowedTable[]): Promise<Set<string>> {
  const statement = await parseDuckDb(sql);
  const { judge, used } = tableJudge(tables, lowerCase);
  const columns = new Set(tables.flatMap((table) => table.columns.map(lowerCase)));

  const visitAll = (value: unknown, field: string, ctes: VisibleCtes): void => {
    if (Array.isArray(value)) for (const one of value) visitAll(one, field, ctes);
    else if (isNode(value)) visit(value, field, ctes);
  };
  const visit = (node: Node, field: string, ctes: VisibleCtes): void => {
    const kind = kindOf(node, field);
    if (kind === "BASE_TABLE") judgeTable(node, ctes);
    judgeNode(node, kind, field, columns);
    refuseUnknownFields(node, kind, knownNodes[kind]);
    const visible = withCtes(node, ctes);
    for (const [name, value] of Object.entries(node)) {
      if (name === "cte_map") continue;
      const recurs = kind === "RECURSIVE_CTE_NODE" && name === "right";
      visitAll(value, name, recurs ? new Set([...visible, lowerCase(text(node.cte_name))]) : visible);
    }
  };
  const judgeTable = (node: Node, ctes: VisibleCtes): void => {
    const qualifiers = [text(node.catalog_name), text(node.schema_name)].filter((name) => name !== "");
    // One database is attached, and its only schema is `main`, which no CTE hides.
    const isOwn = qualifiers.length === 1 && lowerCase(qualifiers[0] ?? "") === "main";
    judge(text(node.table_name), isOwn ? [] : qualifiers, isOwn ? noCtes : ctes, node.query_location);
  };
  /** Each CTE sees those before it; the query sees them all. */
  const withCtes = (node: Node, ctes: VisibleCtes): VisibleCtes => {
    if (node.cte_map === undefined) return ctes;
    const visible = new Set(ctes);
    for (const { key, value } of entriesOf(node)) {
      refuseUnknownFields(value, "cte", cteFields);
      for (const [name, part] of Object.entries(value)) visitAll(part, name, visible);
      visible.add(lowerCase(text(key)));
    }
    return visible;
  };

  if (statement.named_param_map !== undefined) throw parameterRefusal(statement);
  refuseUnknownFields(statement, "statement", new Set(["node"]));
  if (!isNode(statement.node)) throw refusal("statement", "empty", "There is no statement here.");
  visit(statement.node, "node", noCtes);
  return used;
}

/** As the engine compares names: letters beyond a–z are left as they are, so that no two of its names become one here. */
function lowerCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

const noCtes: VisibleCtes = new Set();
const cteFields = new Set(["query", "aliases", "materialized", "key_targets"]);

function entriesOf(node: Node): { key: unknown; value: Node }[] {
  const entries = isNode(node.cte_map) ? node.cte_map.map : null;
  if (!Array.isArray(entries)) throw unknownConstruct("cte_map", node);
  return entries.map((entry: unknown) => {
    if (!isNode(entry) || !isNode(entry.value)) throw unknownConstruct("cte_map", node);
    return { key: entry.key, value: entry.value };
  });
}

function kindOf(node: Node, field: string): string {
  if (typeof node.class === "string") return `class ${node.class}`;
  return typeof node.type === "string" ? node.type : field;
}

function refuseUnknownFields(node: Node, kind: string, known: ReadonlySet<string> | undefined): void {
  if (!known) throw unknownConstruct(kind, node);
  for (const name of Object.keys(node)) {
    if (!known.has(name)) throw unknownConstruct(`${kind}.${name}`, node);
  }
}
