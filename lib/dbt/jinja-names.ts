/** A node of the parsed template: anything with a `type`. */
interface Node {
  type: string;
  [field: string]: unknown;
}

/** Bound by the language inside loops, calls and macros. */
const bound = ["loop", "caller", "varargs", "kwargs", "namespace"];

/**
 * The names that a template reads and nobody gives: not the context, not the template itself (by `set`, `for`, a macro or its
 * parameters). Jinja would take such a name for nothing in silence, and the SQL would be wrong.
 */
export function unknownNames(program: object, known: ReadonlySet<string>): string[] {
  const own = new Set(bound);
  const read = new Set<string>();
  visit(program as Node, own, read);
  return [...read].filter((name) => !known.has(name) && !own.has(name)).sort();
}

/** The fields of a node that hold what is read, where not all of them do. */
const readFields: Record<string, string[]> = {
  Set: ["value", "body"],
  For: ["iterable", "body", "defaultBlock"],
  Macro: ["args", "body"],
  CallStatement: ["call", "body"],
  KeywordArgumentExpression: ["value"],
  TestExpression: ["operand"],
  BinaryExpression: ["left", "right"],
  UnaryExpression: ["argument"],
};

/** The fields of a node that hold names which it gives. */
const boundFields: Record<string, string[]> = {
  Set: ["assignee"],
  For: ["loopvar"],
  Macro: ["name", "args"],
  CallStatement: ["callerArgs"],
};

function visit(node: unknown, own: Set<string>, read: Set<string>): void {
  if (Array.isArray(node) || node instanceof Map) {
    for (const one of node) visit(one, own, read);
  } else if (isNode(node)) {
    if (node.type === "Identifier") read.add(String(node.value));
    for (const field of boundFields[node.type] ?? []) bind(node[field], own);
    visit(partsOf(node), own, read);
  }
}

function partsOf(node: Node): unknown[] {
  if (node.type === "MemberExpression") return node.computed ? [node.object, node.property] : [node.object];
  if (node.type === "FilterExpression" || node.type === "FilterStatement") {
    // A filter is the language's own; its arguments are not.
    const called = isNode(node.filter) && node.filter.type === "CallExpression" ? node.filter.args : [];
    return [node.operand, node.body, called];
  }
  return readFields[node.type]?.map((field) => node[field]) ?? Object.values(node);
}

/** What `set`, a loop or a parameter gives a name to. An attribute (`ns.rows`) gives none. */
function bind(target: unknown, own: Set<string>): void {
  if (Array.isArray(target)) {
    for (const one of target) bind(one, own);
  } else if (isNode(target)) {
    if (target.type === "Identifier") own.add(String(target.value));
    else if (target.type === "TupleLiteral") bind(target.value, own);
    else if (target.type === "KeywordArgumentExpression") bind(target.key, own);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}
