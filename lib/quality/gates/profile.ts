import type { DeclaredFeature } from "@/lib/registry";
import { type Cell, quoteName, quoteText, type Warehouse } from "@/lib/warehouse";
import type { BinCounts } from "../drift";
import type { ColumnProfile } from "./types";

/** Columns measured in one scan: bounds the memory of exact quantiles on wide tables. */
const columnsPerScan = 64;
/** The last is the greatest value. */
const quantiles = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];
const mostCategories = 20;

/**
 * Freezes the bins of every column that can be compared between stamps, with their counts: ten quantile bins of numbers, open at both
 * ends, or the most frequent categories. Keys, times and personal text have none.
 * @throws AppError QUERY_FAILED, QUERY_CANCELLED
 */
export async function profileTable(
  warehouse: Warehouse,
  table: string,
  features: DeclaredFeature[],
  signal?: AbortSignal,
): Promise<ColumnProfile[]> {
  const compared = features.filter(isCompared);
  const bins = new Map<string, ColumnProfile["bins"]>();
  const numbers = compared.filter(isNumber).map(({ name }) => name);
  for (const batch of batches(numbers)) {
    const found = await quantilesOf(warehouse, table, batch, signal);
    for (const [index, name] of batch.entries()) {
      const values = found[index] ?? [];
      const greatest = values.pop();
      const edges = [...new Set(values)];
      // Nothing of the reference lies beyond its greatest value: that border would make an empty bin.
      if (edges.at(-1) === greatest) edges.pop();
      bins.set(name, { kind: "number", edges });
    }
  }
  for (const { name } of compared.filter((feature) => !isNumber(feature))) {
    const column = quoteName(name);
    const { rows } = await warehouse.query(
      `select ${column}::varchar as value from ${quoteName(table)} where ${column} is not null
       group by 1 order by count(*) desc, 1 limit ${mostCategories}`,
      { signal },
    );
    bins.set(name, { kind: "category", values: rows.map(([value]) => String(value)) });
  }
  const frozen = compared.map(({ name }) => ({
    column: name,
    bins: bins.get(name) as ColumnProfile["bins"],
  }));
  const counts = await countInBins(warehouse, table, frozen, signal);
  return frozen.map((column, index) => ({ table, ...column, counts: counts[index] as BinCounts }));
}

/** The table's rows in bins that were frozen before, one entry per column, in the order given. */
export async function countInBins(
  warehouse: Warehouse,
  table: string,
  columns: Pick<ColumnProfile, "column" | "bins">[],
  signal?: AbortSignal,
): Promise<BinCounts[]> {
  const counts = new Map<string, BinCounts>();
  const [numbers, categories]: [Binned<"number">[], Binned<"category">[]] = [[], []];
  for (const { column, bins } of columns) {
    if (bins.kind === "number") numbers.push({ column, bins });
    else categories.push({ column, bins });
  }
  for (const batch of batches(numbers)) {
    const found = await countNumbers(warehouse, table, batch, signal);
    for (const [index, { column }] of batch.entries()) counts.set(column, found[index] as BinCounts);
  }
  for (const batch of batches(categories)) {
    const found = await countCategories(warehouse, table, batch, signal);
    for (const [index, { column }] of batch.entries()) counts.set(column, found[index] as BinCounts);
  }
  return columns.map(({ column }) => counts.get(column) as BinCounts);
}

interface Binned<Kind extends ColumnProfile["bins"]["kind"]> {
  column: string;
  bins: Extract<ColumnProfile["bins"], { kind: Kind }>;
}

/** What may be compared: the days that a key or a time names pass in any case, and personal text is not to be repeated. */
export function isCompared({ isKey, pii, type }: DeclaredFeature): boolean {
  if (isKey || type === "date" || type === "timestamp") return false;
  return !(pii && type === "text");
}

function isNumber({ type }: DeclaredFeature): boolean {
  return type === "integer" || type === "float" || type === "decimal";
}

/**
 * The columns below each other: `i` which one, `v` the value. A column of its own in the select list costs as much to plan as a thousand
 * rows to measure, and a mart has more columns than many of its tables have rows.
 */
function stacked(table: string, columns: string[]): string {
  const values = columns.map((column) => `${quoteName(column)}::double`).join(", ");
  return `(select unnest(range(${columns.length})) as i, unnest([${values}]) as v from ${quoteName(table)})`;
}

async function quantilesOf(
  warehouse: Warehouse,
  table: string,
  columns: string[],
  signal: AbortSignal | undefined,
): Promise<number[][]> {
  const { rows } = await warehouse.query(
    `select i, quantile_disc(v, [${quantiles.join(", ")}]) from ${stacked(table, columns)} where isfinite(v) group by i`,
    { signal },
  );
  const found = new Map(rows.map(([index, values]) => [Number(index), listOf(values)]));
  return columns.map((_, index) => found.get(index) ?? []);
}

async function countNumbers(
  warehouse: Warehouse,
  table: string,
  columns: Binned<"number">[],
  signal: AbortSignal | undefined,
): Promise<BinCounts[]> {
  // A histogram without a border is none: those columns' values are all in one bin.
  const edges = columns.map(({ bins }) => `[${bins.edges.map(literal).join(", ") || "0.0"}]`);
  const { rows } = await warehouse.query(
    `select i, count(*), count(v), count_if(isfinite(v)), map_values(histogram(v, edges) filter (isfinite(v)))
     from ${stacked(
       table,
       columns.map(({ column }) => column),
     )}
     join (select unnest(range(${columns.length})) as i, unnest([${edges.join(", ")}]::double[][]) as edges) using (i) group by i`,
    { signal },
  );
  const found = new Map(rows.map(([index, ...counts]) => [Number(index), counts]));
  return columns.map(({ bins }, index) => {
    const [all = 0, present = 0, finite = 0, histogram] = found.get(index) ?? [];
    const values = bins.edges.length === 0 ? [Number(finite)] : listOf(histogram);
    // The last, open bin is left out by the engine where it is empty.
    while (values.length < bins.edges.length + 1) values.push(0);
    return { values, missing: Number(all) - Number(present), other: Number(present) - Number(finite) };
  });
}

async function countCategories(
  warehouse: Warehouse,
  table: string,
  columns: Binned<"category">[],
  signal: AbortSignal | undefined,
): Promise<BinCounts[]> {
  const counts = columns.flatMap(({ column, bins }) => {
    const name = quoteName(column);
    const each = bins.values.map((value) => `count_if(${name}::varchar = ${quoteText(value)})`);
    return [`count(${name})`, `[${each.join(", ")}]::bigint[]`];
  });
  const { rows } = await warehouse.query(
    `select ${["count(*)", ...counts].join(",\n")} from ${quoteName(table)}`,
    { signal },
  );
  const [all, ...cells] = rows[0] ?? [];
  return columns.map((_, index) => {
    const [present, values] = [Number(cells[index * 2]), listOf(cells[index * 2 + 1])];
    const inBins = values.reduce((sum, count) => sum + count, 0);
    return { values, missing: Number(all) - present, other: present - inBins };
  });
}

/** A number as the engine reads it back, without loss. */
function literal(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e15 ? `${value}.0` : value.toExponential();
}

function listOf(cell: Cell | undefined): number[] {
  return typeof cell === "string" ? (JSON.parse(cell) as number[]) : [];
}

function batches<T>(all: T[]): T[][] {
  const parts: T[][] = [];
  for (let start = 0; start < all.length; start += columnsPerScan)
    parts.push(all.slice(start, start + columnsPerScan));
  return parts;
}
