import type { DuckDbWriter } from "@/lib/warehouse";
import { quoteName } from "@/lib/warehouse";
import { isKeyLike, keyStem, singularOf } from "./names";
import type { ColumnProfile, TableProfile } from "./profile-table";

/** Sets of columns are tried on the first rows before the whole table. */
const sampleRows = 30_000;
const mostCandidates = 14;

/** The one column that identifies a row: unique, never null; the most key-like, then the leftmost. */
export function singleKey(table: TableProfile): string | null {
  if (table.rows === 0) return null;
  const candidates = table.columns
    .filter((column) => isKeyType(column) && column.nulls === 0 && column.distinct === table.rows)
    .map((column) => ({ name: column.name, cost: singleCost(table, column) }))
    .sort((a, b) => a.cost - b.cost);
  return candidates[0]?.name ?? null;
}

/**
 * Two or three columns that identify a row together, by how likely they are meant to: references, then identifiers and
 * times, then the rest. Null when no such set is unique.
 */
export async function compositeKey(
  engine: DuckDbWriter,
  table: TableProfile,
  references: string[],
): Promise<string[] | null> {
  const candidates = table.columns
    .filter((column) => isKeyType(column) && column.nulls === 0 && column.distinct > 1)
    .map((column) => ({ column, cost: memberCost(table, column, references) }))
    .sort((a, b) => a.cost - b.cost)
    .slice(0, mostCandidates);
  const sets = [...subsets(candidates, 2), ...subsets(candidates, 3)]
    .filter((set) => set.reduce((product, { column }) => product * column.distinct, 1) >= table.rows)
    .map((set) => ({
      names: set
        .map(({ column }) => column)
        .sort(byPosition)
        .map(({ name }) => name),
      size: set.length,
      cost: set.reduce((sum, { cost }) => sum + cost, 0),
    }))
    .sort((a, b) => a.size - b.size || a.cost - b.cost);
  for (const { names } of sets) {
    if (
      (await surplusRows(engine, table, names, sampleRows)) === 0 &&
      (await surplusRows(engine, table, names)) === 0
    )
      return names;
  }
  return null;
}

/** Rows beyond the first of each combination of values. */
export async function surplusRows(
  engine: DuckDbWriter,
  table: Pick<TableProfile, "relation">,
  columns: string[],
  limit?: number,
): Promise<number> {
  const names = columns.map(quoteName).join(", ");
  const rows = `(SELECT ${names} FROM ${quoteName(table.relation)}${limit ? ` LIMIT ${limit}` : ""})`;
  const counted = await engine.query(
    `SELECT (SELECT count(*) FROM ${rows}) - (SELECT count(*) FROM (SELECT DISTINCT * FROM ${rows}))`,
  );
  return Number(counted.rows[0]?.[0]);
}

const isKeyType = ({ type }: ColumnProfile) => type !== "float" && type !== "boolean";
const isTime = ({ type }: ColumnProfile) => type === "timestamp" || type === "date";
const byPosition = (a: ColumnProfile, b: ColumnProfile) =>
  Number(isTime(a)) - Number(isTime(b)) || a.position - b.position;

function singleCost(table: TableProfile, column: ColumnProfile): number {
  const place = column.position / 10_000;
  const entity = singularOf(table.name);
  if (column.name === "id" || keyStem(column.name) === entity || column.name === entity) return place;
  if (isKeyLike(column.name)) return 1 + place;
  if (isTime(column)) return 5 + place;
  const sentences =
    column.type === "text" && column.examples.filter((value) => value.includes(" ")).length > 1;
  // A whole number that is unique by accident, such as a population, is a measure; the first column is none.
  const measure = column.type !== "text" && column.position > 1;
  return (sentences || measure ? 3 : 2) + place;
}

function memberCost(table: TableProfile, column: ColumnProfile, references: string[]): number {
  const place = column.position / 10_000;
  const named = column.name === singularOf(table.name) || isKeyLike(column.name);
  if (references.includes(column.name) || named) return place;
  if (isTime(column)) return 1 + place;
  return (column.type === "text" ? 1.5 : 3) + place;
}

function subsets<T>(items: T[], size: number): T[][] {
  if (size === 0) return [[]];
  return items.flatMap((item, index) =>
    subsets(items.slice(index + 1), size - 1).map((rest) => [item, ...rest]),
  );
}
