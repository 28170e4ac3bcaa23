import { functionRefusal, refusal } from "../refusal";
import { quoted } from "../tables";
import { functions, sessionWords, tableFunctions } from "./functions";
import type { Node } from "./parse";

/**
 * Judges what a node of this kind names or is; tables apart.
 * @throws AppError SQL_REFUSED
 */
export function judgeNode(node: Node, kind: string, field: string, columns: ReadonlySet<string>): void {
  if (kind === "class PARAMETER") throw parameterRefusal(node);
  if (kind === "SHOW_REF") {
    throw refusal(
      "statement",
      "not a SELECT",
      "SHOW, DESCRIBE and SUMMARIZE may not run here. Write a SELECT.",
    );
  }
  if (kind === "TABLE_FUNCTION") judgeTableFunction(node.function);
  // The one of a table function has been judged with it.
  if (kind === "class WINDOW" || (kind === "class FUNCTION" && field !== "function")) judgeFunction(node);
  if (kind === "class COLUMN_REF") judgeColumn(node, columns);
}

function judgeFunction(node: Node): void {
  const name = text(node.function_name).toLowerCase();
  const [catalog, schema] = [text(node.catalog), text(node.schema)];
  // The parser itself writes `main` before the functions that it makes of brackets.
  if (functions.has(name) && catalog === "" && (schema === "" || schema === "main")) return;
  throw functionRefusal([catalog, schema, name].filter((part) => part !== "").join("."), placeOf(node));
}

function judgeTableFunction(called: unknown): void {
  const node = isNode(called) ? called : {};
  const name = text(node.function_name).toLowerCase();
  if (tableFunctions.has(name) && node.schema === undefined && node.catalog === undefined) return;
  throw refusal(
    "function",
    "table function not allowed",
    `${quoted(name)} may not stand in FROM: only this mart's tables and ${[...tableFunctions].join(", ")} may. Files and addresses cannot be read.`,
    { function: name, ...placeOf(node) },
  );
}

/** Without a column of that name the engine takes these words for functions that tell about the session. */
function judgeColumn(node: Node, columns: ReadonlySet<string>): void {
  const names = Array.isArray(node.column_names) ? node.column_names.map(text) : [];
  const name = (names[0] ?? "").toLowerCase();
  if (names.length === 1 && sessionWords.has(name) && !columns.has(name))
    throw functionRefusal(name, placeOf(node));
}

export function unknownConstruct(construct: string, node: Node) {
  return refusal(
    "construct",
    "construct not allowed",
    "The statement uses a construct that may not be used here. Write it as a plain SELECT with joins, CTEs and subqueries.",
    { construct: construct.slice(0, 80), ...placeOf(node) },
  );
}

export function parameterRefusal(node: Node) {
  return refusal(
    "parameter",
    "parameter",
    "The statement has a parameter (`?` or `$1`), and there is no value for it. Write the value itself.",
    placeOf(node),
  );
}

export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function placeOf({ query_location: at }: Node): { at?: number } {
  return at === undefined ? {} : { at };
}
