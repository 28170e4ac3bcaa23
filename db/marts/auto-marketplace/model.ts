import { readFile } from "node:fs/promises";
import path from "node:path";
import type { DeclaredFeature, DeclaredTable } from "@/lib/registry";

/**
 * One column of a model: what it is, and the SQL expression that computes it. A model's file holds the plain SQL around
 * the columns and says with `{{ columns }}` or `{{ columns.stage }}` where they go, so that a family of a hundred columns is
 * spelled once.
 */
export interface ModelColumn extends Omit<DeclaredFeature, "table" | "isKey" | "pii" | "owner"> {
  sql: string;
  /** Which select of the model's file computes it; the only one when absent. */
  stage?: string;
  isKey?: boolean;
  pii?: boolean;
}

export interface Model {
  table: DeclaredTable;
  columns: ModelColumn[];
}

const marts = path.join(process.cwd(), "db", "marts", "auto-marketplace");

/** The path of a file or folder of this mart. From the project's root, since a bundle has no folder of its own. */
export function martFile(...parts: string[]): string {
  return path.join(marts, ...parts);
}

/** `create table … as` for the model, from its file `models/<table in small letters>.sql`. */
export async function modelSql(model: Model, variables: Record<string, string>): Promise<string> {
  const { name, grain } = model.table;
  const body = await readFile(martFile("models", `${name.toLowerCase()}.sql`), "utf8");
  const stages = new Map<string, ModelColumn[]>();
  for (const column of model.columns) {
    const placeholder = column.stage ? `columns.${column.stage}` : "columns";
    stages.set(placeholder, [...(stages.get(placeholder) ?? []), column]);
  }
  const lists = Object.fromEntries(
    [...stages].map(([stage, columns]) => [stage, columns.map(select).join(",\n  ")]),
  );
  // Ordered, so that the file's bytes do not depend on how many threads built it.
  return `create table ${name} as\n${render(body, { ...variables, ...lists })}\norder by ${grain.join(", ")}`;
}

/** Fills in every `{{ name }}`; an unknown name is an error, since the SQL would be wrong in silence. */
export function render(template: string, variables: Record<string, string>): string {
  return template.trim().replace(/\{\{ ([\w.]+) \}\}/g, (_, name: string) => {
    const value = variables[name];
    if (value === undefined) throw new Error(`the template asks for {{ ${name} }}, which is not given`);
    return value;
  });
}

const sqlTypes = {
  integer: "bigint",
  float: "double",
  decimal: "decimal(18, 2)",
  text: "varchar",
  boolean: "boolean",
  date: "date",
  timestamp: "timestamp",
} as const;

/**
 * Cast to what is declared. Floats are rounded, since the last bits of their sum depend on the order of adding. That is no
 * help where the true value lies just between two roundings, so models average rounded values as decimals, which is exact.
 */
function select({ name, sql, type }: ModelColumn): string {
  const value = type === "float" ? `round((${sql})::double, 5)` : `(${sql})::${sqlTypes[type]}`;
  return `${value} as ${name}`;
}
