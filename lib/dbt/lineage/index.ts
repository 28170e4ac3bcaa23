import type { Cell, QueryResult } from "@/lib/warehouse";
import { compileModel, type Relations } from "../compile";
import { buildOrder } from "../graph";
import type { Model, Project } from "../project";
import { traceQuery } from "./query";
import { isNode, nodes, type Origins, type Relation, union } from "./tree";

/**
 * Model → column (in small letters) → what it is computed from, one step back: `model.column` or `source.table.column`, and
 * `….*` where rows are counted; null where the SQL does not show it. Conditions of WHERE and JOIN are not counted in. The
 * entry `*` of a model tells whose rows its rows are made of.
 */
export type Lineage = Record<string, Record<string, string[] | null>>;

/**
 * Traces every column of the models through their SQL: select lists, CTEs, subqueries, joins, set operations, stars. A model
 * whose columns the SQL does not show (PIVOT, COLUMNS) has none.
 * @param sourceColumns the columns of each source, by `source.table`
 * @param query any DuckDB; nothing is read but the syntax tree
 */
export async function columnLineage(
  project: Project,
  sourceColumns: Map<string, string[]>,
  query: (sql: string, parameters: Cell[]) => Promise<QueryResult>,
): Promise<Lineage> {
  const known = new Map<string, Relation>();
  for (const [key, columns] of sourceColumns) known.set(`source.${key}`.toLowerCase(), leaf(key, columns));
  const lineage: Lineage = {};
  for (const model of buildOrder(project)) {
    const { rows } = await query(
      "select json_serialize_sql(?::varchar, skip_null := true, skip_empty := true, skip_default := true)",
      [compileModel(project, model, symbolic)],
    );
    const traced = traceStatement(JSON.parse(String(rows[0]?.[0])), known);
    const columns = traced.columns ? [...traced.columns] : [];
    lineage[model.name] = Object.fromEntries(
      [...columns, ["*", traced.rows] as const].map(([name, from]) => [name, from && [...from].sort()]),
    );
    known.set(`model.${model.name}`.toLowerCase(), {
      ...leaf(
        model.name,
        columns.map(([name]) => name),
      ),
      ...(traced.columns ? {} : { columns: null }),
    });
  }
  return lineage;
}

/**
 * The columns of sources that a model's column goes back to, through all models between; null where the way is not known.
 */
export function sourcesOf(lineage: Lineage, model: string, column: string): string[] | null {
  const known = new Map<string, Origins>();
  const visit = (place: string): Origins => {
    const seen = known.get(place);
    if (seen !== undefined) return seen;
    const [node = "", ...rest] = place.split(".");
    const columns = lineage[node];
    const from = columns?.[rest.join(".")];
    const found: Origins = !columns ? new Set([place]) : from ? union(from.map(visit)) : null;
    known.set(place, found);
    return found;
  };
  const found = visit(`${model}.${column.toLowerCase()}`);
  return found && [...found].sort();
}

/** Names that tell models and sources apart in the syntax tree. */
const symbolic: Relations = {
  model: ({ name }: Model) => `"model"."${name}"`,
  source: (key) => `"source"."${key}"`,
};

function traceStatement(tree: unknown, known: Map<string, Relation>): Relation {
  const [statement] = isNode(tree) ? nodes(tree.statements) : [];
  if (!statement || !isNode(statement.node)) return { alias: "", columns: null, rows: null };
  return traceQuery(statement.node, known, null);
}

function leaf(node: string, columns: string[]): Relation {
  return {
    alias: "",
    columns: new Map(columns.map((name) => [name.toLowerCase(), new Set([`${node}.${name.toLowerCase()}`])])),
    rows: new Set([`${node}.*`]),
  };
}
