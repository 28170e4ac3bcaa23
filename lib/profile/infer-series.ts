import type { DuckDbWriter } from "@/lib/warehouse";
import { quoteName } from "@/lib/warehouse";
import { surplusRows } from "./infer-keys";
import { isKeyLike } from "./names";
import type { TableProfile } from "./profile-table";

/** A table that says the same things of something again and again: weather of an airport, prices of a product. */
export interface Series {
  /** What is observed: one column. */
  of: string;
  time: string;
  /** Rows beyond the first of each (of, time). */
  surplus: number;
  /** How long after a row the next one usually comes; null where there is no usual time. */
  stepSeconds: number | null;
}

/** How much of a table may repeat its key before the key is no key. */
const mostSurplus = 0.01;
/** The share of steps that must be as long as the usual one. */
const regular = 0.8;

/**
 * Looks for a column and a time that together identify a row, or nearly so where the time moves in equal steps: a few
 * repeated rows are then dirt, not a finer grain. References to other tables are tried first.
 */
export async function inferSeries(
  engine: DuckDbWriter,
  table: TableProfile,
  references: string[],
): Promise<Series | null> {
  const times = table.columns.filter(
    ({ type, nulls, distinct }) => (type === "timestamp" || type === "date") && nulls === 0 && distinct > 1,
  );
  const observed = [
    ...references,
    ...table.columns.map(({ name }) => name).filter((name) => isKeyLike(name) && !references.includes(name)),
  ].filter((name) => table.columns.some((c) => c.name === name && c.nulls === 0 && c.distinct < table.rows));
  for (const of of observed) {
    for (const { name: time } of times) {
      const surplus = await surplusRows(engine, table, [of, time]);
      if (surplus > table.rows * mostSurplus) continue;
      const stepSeconds = await usualStep(engine, table, of, time);
      if (surplus === 0 || stepSeconds !== null) return { of, time, surplus, stepSeconds };
    }
  }
  return null;
}

async function usualStep(
  engine: DuckDbWriter,
  table: TableProfile,
  of: string,
  time: string,
): Promise<number | null> {
  const { rows } = await engine.query(
    `WITH steps AS (
       SELECT epoch(CAST(${quoteName(time)} AS TIMESTAMP)) - lag(epoch(CAST(${quoteName(time)} AS TIMESTAMP)))
         OVER (PARTITION BY ${quoteName(of)} ORDER BY ${quoteName(time)}) AS step
       FROM ${quoteName(table.relation)}),
     usual AS (SELECT median(step) AS step FROM steps WHERE step > 0)
     SELECT any_value(usual.step), count(*) FILTER (abs(steps.step - usual.step) <= usual.step * 0.2), count(*)
     FROM steps, usual WHERE steps.step > 0`,
  );
  const [step, equal, all] = rows[0]?.map(Number) ?? [];
  return step && all && all >= table.rows * 0.7 && (equal ?? 0) >= all * regular ? step : null;
}
