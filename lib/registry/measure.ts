import { concurrently } from "@/lib/concurrently";
import { type Cell, type DuckDbWriter, quoteName } from "@/lib/warehouse";
import { hashRegistry } from "./hash";
import type { ColumnValue, EntityInfo, Feature, FeatureTable, Registry, SavedRequest } from "./types";

export type DeclaredTable = Omit<FeatureTable, "rowCount" | "stamp">;
export type DeclaredFeature = Omit<Feature, "nullRate" | "distinctCount" | "min" | "max">;

/** What a mart says about itself; the rest is measured from its tables. */
export interface DeclaredRegistry {
  mart: string;
  title: string;
  stamp: string;
  asOf: string;
  tables: DeclaredTable[];
  features: DeclaredFeature[];
  entities: EntityInfo[];
  requests?: SavedRequest[];
  /** Value → its other names, wherever the value occurs: Mumbai → Bombay. */
  aliases: Record<string, string[]>;
}

/** A categorical column has at most this many values in the index; more is free text. */
const mostValues = 2000;
/** A foreign key is indexed as well where it is short, as codes are: airports, carriers. */
const mostKeyValues = 200;
/** Columns measured in one scan: bounds the memory of exact distinct counts on wide tables. */
const columnsPerScan = 64;
const mostListed = 100_000;

/**
 * Row counts, null rates, distinct counts, least and greatest values, and the index of categorical values, measured from
 * the tables in the writer's file. Of personal data no value is kept.
 * @throws AppError QUERY_FAILED where a declared table or column does not exist
 */
export async function measureRegistry(
  writer: DuckDbWriter,
  declared: DeclaredRegistry,
  options: { onTable?: (table: string, done: number, total: number) => void } = {},
): Promise<Registry> {
  const { mart, title, stamp, asOf, entities, requests } = declared;
  const tables: FeatureTable[] = [];
  const features: Feature[] = [];
  const values: ColumnValue[] = [];
  let begun = 0;
  const parts = await concurrently(declared.tables, async (table) => {
    options.onTable?.(table.name, begun++, declared.tables.length);
    const own = declared.features.filter((feature) => feature.table === table.name);
    return writer.isolated(async ({ query }) => {
      const { rowCount, measured } = await measureColumns(query, table.name, own, asOf);
      const indexed = await indexValues(query, table, measured, declared.aliases);
      return { table: { ...table, rowCount, stamp }, measured, indexed };
    });
  });
  for (const { table, measured, indexed } of parts) {
    tables.push(table);
    features.push(...measured);
    values.push(...indexed);
  }
  const content = {
    ...{ mart, title, stamp, asOf, tables, features, values, entities },
    ...(requests && requests.length > 0 ? { requests } : {}),
  };
  return { ...content, contentHash: hashRegistry(content) };
}

type Query = DuckDbWriter["query"];

async function measureColumns(query: Query, table: string, columns: DeclaredFeature[], asOf: string) {
  const rowCount = Number((await query(`select count(*) from ${quoteName(table)}`)).rows[0]?.[0]);
  const found = new Map<string, Cell[]>();
  for (const { type, names } of await numbersByType(query, table, columns)) {
    for (const batch of batches(names)) {
      const list = batch.map((name) => quoteName(name)).join(", ");
      // Below each other: side by side a column costs as much to plan as a thousand rows to measure.
      const { rows } = await query(
        `select i, ${measuresOf("v", rowCount)}, min(v)::varchar, max(v)::varchar
         from (select unnest(range(${batch.length})) as i, unnest([${list}]::${type}[]) as v from ${quoteName(table)}) group by i`,
      );
      for (const [index, ...cells] of rows) found.set(batch[Number(index)] ?? "", cells);
    }
  }
  for (const batch of batches(columns.filter(({ name }) => !found.has(name)))) {
    const { rows } = await query(
      `select ${batch.flatMap((column) => measures(column, asOf, rowCount)).join(", ")} from ${quoteName(table)}`,
    );
    const cells = rows[0] ?? [];
    for (const [index, { name }] of batch.entries()) found.set(name, cells.slice(index * 4, index * 4 + 4));
  }
  const measured = columns.map((column): Feature => {
    const [present, distinct, min, max] = found.get(column.name) ?? [];
    return {
      ...column,
      nullRate: rowCount === 0 ? 0 : Math.round((1 - Number(present) / rowCount) * 1e6) / 1e6,
      distinctCount: Number(distinct),
      ...(typeof min === "string" ? { min } : {}),
      ...(typeof max === "string" ? { max } : {}),
    };
  });
  return { rowCount, measured };
}

/** The columns of numbers, by the engine's type; without personal data, of which no value is kept, and what is computed when asked for. */
async function numbersByType(query: Query, table: string, columns: DeclaredFeature[]) {
  const { rows } = await query(
    `select column_name, column_type from (describe ${quoteName(table)}) where column_type in ('BIGINT', 'DOUBLE')`,
  );
  const types = new Map(rows.map(([name, type]) => [String(name), String(type)]));
  const plain = columns.filter(({ pii, derived }) => !pii && !derived);
  return ["BIGINT", "DOUBLE"].map((type) => ({
    type,
    names: plain.filter(({ name }) => types.get(name) === type).map(({ name }) => name),
  }));
}

function measuresOf(value: string, rowCount: number): string {
  // Of few rows a list is counted in a quarter of the time; of many it would take too much memory.
  const distinct =
    rowCount <= mostListed ? `coalesce(list_unique(list(${value})), 0)` : `count(distinct ${value})`;
  return `count(${value}), ${distinct}`;
}

function measures(feature: DeclaredFeature, asOf: string, rowCount: number): string[] {
  const { type, pii } = feature;
  const column = expression(feature, asOf);
  const text = (value: string) =>
    type === "timestamp" ? `strftime(${value}::timestamp, '%Y-%m-%dT%H:%M:%SZ')` : `${value}::varchar`;
  // The ends of personal data are two persons' data.
  const ranged = type !== "text" && type !== "boolean" && !pii;
  return [
    measuresOf(column, rowCount),
    ranged ? text(`min(${column})`) : "null",
    ranged ? text(`max(${column})`) : "null",
  ];
}

function batches<T>(all: T[]): T[][] {
  const parts: T[][] = [];
  for (let start = 0; start < all.length; start += columnsPerScan)
    parts.push(all.slice(start, start + columnsPerScan));
  return parts;
}

/** What is computed for each row's time is measured at the mart's own. */
function expression({ name, derived }: DeclaredFeature, asOf: string): string {
  if (!derived) return quoteName(name);
  const year = quoteName(derived.column);
  const now = new Date(asOf).getUTCFullYear();
  return `case when ${year} between 1 and ${now} then ${now} - ${year} end`;
}

async function indexValues(
  query: Query,
  table: DeclaredTable,
  columns: Feature[],
  aliases: Record<string, string[]>,
): Promise<ColumnValue[]> {
  const foreign = new Set(table.keys.filter((key) => key.kind === "foreign").flatMap((key) => key.columns));
  const indexed = columns.filter(
    ({ name, type, pii, isKey, distinctCount }) =>
      (type === "text" || type === "boolean") &&
      !pii &&
      distinctCount > 0 &&
      distinctCount <= (isKey ? mostKeyValues : mostValues) &&
      (!isKey || foreign.has(name)),
  );
  if (indexed.length === 0) return [];
  const counts = indexed.map(({ name }, position) => {
    const column = quoteName(name);
    return `select ${position} as p, ${column}::varchar as v, count(*) as n from ${quoteName(table.name)}
      where ${column} is not null group by ${column}`;
  });
  const { rows } = await query(`${counts.join(" union all ")} order by p, n desc, v`);
  return rows.map(([position, value, frequency]: Cell[]) => ({
    table: table.name,
    column: indexed[Number(position)]?.name ?? "",
    value: String(value),
    frequency: Number(frequency),
    aliases: Object.hasOwn(aliases, String(value)) ? (aliases[String(value)] ?? []) : [],
  }));
}
