/** A node of the engine's syntax tree, as `json_serialize_sql` writes it. What is empty or false is left out. */
export interface Node {
  type?: string;
  [field: string]: unknown;
}

/**
 * What a column is computed from: `model.column` or `source.table.column`, and `….*` where rows are counted. null where
 * the SQL does not show it.
 */
export type Origins = ReadonlySet<string> | null;

/** What stands in a FROM: its columns in order, by small letters since the engine does not tell capitals apart. */
export interface Relation {
  alias: string;
  /** null where the columns are not known. */
  columns: Map<string, Origins> | null;
  /** The models and sources whose rows these are, as `….*`. */
  rows: Origins;
}

export interface Scope {
  relations: Relation[];
  /** Columns that a join with USING made one of two. */
  merged: Map<string, Origins>;
  /** Names that the same SELECT gave before. */
  aliases: Map<string, Origins>;
  ctes: Map<string, Relation>;
  outer: Scope | null;
  /** The one column that a star inside an expression stands for just now. */
  star?: Origins;
}

export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function nodes(value: unknown): Node[] {
  return Array.isArray(value) ? value.filter(isNode) : [];
}

export function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}

export function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Unknown as soon as one of them is. */
export function union(all: Iterable<Origins>): Origins {
  const joined = new Set<string>();
  for (const one of all) {
    if (one === null) return null;
    for (const origin of one) joined.add(origin);
  }
  return joined;
}

export const nothing: Origins = new Set<string>();
