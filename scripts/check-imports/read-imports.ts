export interface Import {
  /** As written. */
  from: string;
  /** Nothing of it is left when the program runs. */
  typeOnly: boolean;
}

const statement =
  /^\s*(?:import|export)\s+(type\s+)?([^"';]*?)\s*from\s*["']([^"']+)["']|^\s*import\s*["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)/gm;

/** The imports and re-exports of a source file: static, for side effects, and dynamic with a literal name. */
export function readImports(text: string): Import[] {
  return [...withoutComments(text).matchAll(statement)].map(([, type, names, from, bare, dynamic]) => ({
    from: from ?? bare ?? dynamic ?? "",
    typeOnly: type !== undefined || onlyTypes(names ?? ""),
  }));
}

/** `{ type A, type B }` */
function onlyTypes(names: string): boolean {
  const inBraces = /^\{([\s\S]*)\}$/.exec(names.trim())?.[1];
  if (inBraces === undefined) return false;
  const each = inBraces
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  return each.length > 0 && each.every((name) => name.startsWith("type "));
}

/** Comments on lines of their own: a `//` later in a line may be part of a text. */
export function withoutComments(text: string): string {
  return text.replace(/^\s*\/\*[\s\S]*?\*\//gm, "").replace(/^\s*\/\/.*$/gm, "");
}
