import type { DuckDbWriter } from "@/lib/warehouse";
import { quoteName } from "@/lib/warehouse";
import { keyStem, singularOf } from "./names";
import type { ColumnProfile, TableProfile } from "./profile-table";

export interface Reference {
  table: string;
  column: string;
  to: { table: string; column: string };
  /** 0…1: of the different values, and of the rows that have one. */
  values: number;
  rows: number;
}

/** Shares of different values that must be found: where the names agree, and where only the values speak. */
const enoughWithName = 0.5;
const enoughWithout = 0.9;

/** Names that say nothing about what they name. */
const generic = new Set([
  "id",
  "key",
  "code",
  "name",
  "number",
  "no",
  "type",
  "year",
  "month",
  "day",
  "date",
]);

/**
 * What refers to what: a column whose values are found among another table's key. Whole numbers refer to nothing unless
 * their name says so, since a month is found among any ids from 1.
 */
export async function inferReferences(
  engine: DuckDbWriter,
  tables: TableProfile[],
  keys: ReadonlyMap<string, string>,
): Promise<Reference[]> {
  const references: Reference[] = [];
  for (const table of tables) {
    for (const column of table.columns) {
      const found: (Reference & { named: boolean })[] = [];
      for (const target of tables) {
        const keyName = keys.get(target.name);
        const key = target.columns.find(({ name }) => name === keyName);
        if (!key || key.type !== column.type || (target === table && key === column)) continue;
        const named = namesAgree(column.name, key.name, target.name);
        if (!named && !speaksForItself(column, keys.get(table.name) === column.name)) continue;
        const { values, rows } = await overlap(engine, table, column, target, key);
        if (values >= (named ? enoughWithName : enoughWithout)) {
          const to = { table: target.name, column: key.name };
          found.push({ table: table.name, column: column.name, to, values, rows, named });
        }
      }
      const [best] = found.sort((a, b) => Number(b.named) - Number(a.named) || b.values - a.values);
      if (best) {
        const { named: _, ...reference } = best;
        references.push(reference);
      }
    }
  }
  return references;
}

/** `tailnum` and planes.tailnum, `home_city_id` and cities.city_id, `customer_id` and customers.id, `origin_airport` and airports.code. */
function namesAgree(column: string, key: string, table: string): boolean {
  const entity = singularOf(table);
  const stem = keyStem(column) ?? column;
  if (!generic.has(key) && (column === key || column.endsWith(`_${key}`))) return true;
  return [entity, table].some((word) => stem === word || stem.endsWith(`_${word}`) || column === `${word}id`);
}

/** Text with some variety may refer by its values alone. */
function speaksForItself(column: ColumnProfile, isOwnKey: boolean): boolean {
  return (
    column.type === "text" &&
    !isOwnKey &&
    column.distinct >= 3 &&
    column.examples.every((value) => value.length >= 2)
  );
}

async function overlap(
  engine: DuckDbWriter,
  table: TableProfile,
  column: ColumnProfile,
  target: TableProfile,
  key: ColumnProfile,
): Promise<{ values: number; rows: number }> {
  const [from, to] = [quoteName(column.name), quoteName(key.name)];
  const { rows } = await engine.query(
    `SELECT count(*) FILTER (v IN (SELECT ${to} FROM ${quoteName(target.relation)})), count(*),
       sum(n) FILTER (v IN (SELECT ${to} FROM ${quoteName(target.relation)})), sum(n)
     FROM (SELECT ${from} AS v, count(*) AS n FROM ${quoteName(table.relation)} WHERE ${from} IS NOT NULL GROUP BY 1)`,
  );
  const [values = 0, allValues = 0, found = 0, all = 0] = rows[0]?.map(Number) ?? [];
  return { values: allValues ? values / allValues : 0, rows: all ? found / all : 0 };
}
