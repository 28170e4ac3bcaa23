import type { DeclaredFeature } from "@/lib/registry";
import { type Cell, quoteName, type Warehouse } from "@/lib/warehouse";
import type { BinCounts } from "../drift";
import type { ColumnProfile } from "./types";

/** Columns measured in one scan: bounds the memory of exact quantiles on wide tables. */
const columnsPerScan = 64;
const quantiles = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
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
  const numbers = compared.filter(isNumber);
  for (const batch of batches(numbers)) {
    const row = await oneRow(warehouse, table, batch.flatMap(quantilesOf), signal);
    for (const [index, { name }] of batch.entries()) {
      const edges = [...new Set(listOf(row[index * 2]))];
      // Nothing of the reference lies beyond its greatest value: that border would make an empty bin.
      if (edges.at(-1) === row[index * 2 + 1]) edges.pop();
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
  const counts: BinCounts[] = [];
  for (const batch of batches(columns)) {
    const row = await oneRow(warehouse, table, ["count(*)", ...batch.flatMap(countsOf)], signal);
    const rows = Number(row[0]);
    for (const [index, { bins }] of batch.entries()) {
      const present = Number(row[1 + index * 2]);
      const values = listOf(row[2 + index * 2]);
      const size = bins.kind === "number" ? bins.edges.length + 1 : bins.values.length;
      // The last, open bin is left out by the engine where it is empty.
      while (values.length < size) values.push(0);
      const inBins = values.reduce((sum, count) => sum + count, 0);
      counts.push({ values, missing: rows - present, other: present - inBins });
    }
  }
  return counts;
}

/** What may be compared: the days that a key or a time names pass in any case, and personal text is not to be repeated. */
export function isCompared({ isKey, pii, type }: DeclaredFeature): boolean {
  if (isKey || type === "date" || type === "timestamp") return false;
  return !(pii && type === "text");
}

function isNumber({ type }: DeclaredFeature): boolean {
  return type === "integer" || type === "float" || type === "decimal";
}

function quantilesOf({ name }: DeclaredFeature): string[] {
  const value = finite(name);
  return [`quantile_disc(${value}, [${quantiles.join(", ")}])`, `max(${value})`];
}

/** As a case and not as the aggregate's filter: many filters in one query cost the square of their number. */
function finite(column: string): string {
  const value = `${quoteName(column)}::double`;
  return `case when isfinite(${value}) then ${value} end`;
}

function countsOf({ column, bins }: Pick<ColumnProfile, "column" | "bins">): string[] {
  const name = quoteName(column);
  const present = `count(${name})`;
  if (bins.kind === "category") {
    const each = bins.values.map((value) => `count_if(${name}::varchar = '${value.replaceAll("'", "''")}')`);
    return [present, `[${each.join(", ")}]::bigint[]`];
  }
  const value = finite(column);
  if (bins.edges.length === 0) return [present, `[count(${value})]`];
  return [present, `map_values(histogram(${value}, [${bins.edges.map(literal).join(", ")}]::double[]))`];
}

/** A number as the engine reads it back, without loss. */
function literal(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e15 ? `${value}.0` : value.toExponential();
}

function listOf(cell: Cell | undefined): number[] {
  return typeof cell === "string" ? (JSON.parse(cell) as number[]) : [];
}

async function oneRow(
  warehouse: Warehouse,
  table: string,
  expressions: string[],
  signal: AbortSignal | undefined,
): Promise<Cell[]> {
  const { rows } = await warehouse.query(`select ${expressions.join(",\n")} from ${quoteName(table)}`, {
    signal,
  });
  return rows[0] ?? [];
}

function batches<T>(all: T[]): T[][] {
  const parts: T[][] = [];
  for (let start = 0; start < all.length; start += columnsPerScan)
    parts.push(all.slice(start, start + columnsPerScan));
  return parts;
}
