import type { DeclaredFeature } from "@/lib/registry";
import { quoteName, type Warehouse } from "@/lib/warehouse";
import {
  type BinCounts,
  chiSquare,
  driftLimits,
  jsDistance,
  klDivergence,
  kolmogorovSmirnov,
  lInfinityRobust,
  stability,
  type Weights,
} from "../drift";
import { countInBins, isCompared } from "./profile";
import type { Check, ColumnProfile, DriftDetail, Moving, StampProfile } from "./types";

/** Values per side that the test on the values themselves is given. */
const mostValues = 2000;

/** The table's columns held against the bins that the stamp before froze; those that are `moving` warn where others halt. */
export async function checkDrift(
  warehouse: Warehouse,
  table: string,
  features: DeclaredFeature[],
  reference: StampProfile,
  moving: Moving | undefined,
  signal?: AbortSignal,
): Promise<{ checks: Check[]; details: DriftDetail[] }> {
  const now = new Set(features.filter(isCompared).map(({ name }) => name));
  const known = reference.columns.filter((column) => column.table === table && now.has(column.column));
  const counts = await countInBins(warehouse, table, known, signal);
  const details: DriftDetail[] = [];
  const checks: Check[] = [];
  for (const [index, column] of known.entries()) {
    const current = counts[index] as BinCounts;
    const found = stability(column.counts, current);
    const movesWith = found.verdict === "halt" ? moving?.get(column.column) : undefined;
    const verdict = movesWith ? { ...found, verdict: "warn" as const } : found;
    if (verdict.psi !== null) details.push(detailOf(column, current, verdict.psi));
    checks.push({
      check: "drift",
      table,
      column: column.column,
      verdict: verdict.verdict,
      value: verdict.psi,
      limit: verdict.verdict === "warn" ? driftLimits.warn : driftLimits.halt,
      text:
        "why" in verdict
          ? `Too little to tell: ${verdict.why}.`
          : sentence(column, verdict.verdict, verdict.psi, movesWith),
    });
  }
  const fresh = features.filter(({ name }) => now.has(name) && !known.some(({ column }) => column === name));
  for (const { name } of fresh) checks.push(withoutReference(table, name));
  return { checks, details };
}

export function withoutReference(table: string, column: string): Check {
  return { check: "drift", table, column, verdict: "no_reference", value: null, limit: null, text: null };
}

const expected = {
  calendar: " It follows the calendar, so this alone halts nothing.",
  peers: " It moves with the figures of a whole group, so this alone halts nothing.",
};

function sentence(
  { table, column }: ColumnProfile,
  verdict: string,
  psi: number,
  movesWith: keyof typeof expected | undefined,
): string | null {
  if (verdict === "pass") return null;
  const limit = verdict === "halt" ? driftLimits.halt : driftLimits.warn;
  return `${table}.${column} is distributed otherwise than in the stamp before: index ${psi.toFixed(3)}, limit ${limit}.${movesWith ? expected[movesWith] : ""}`;
}

function detailOf(column: ColumnProfile, current: BinCounts, psi: number): DriftDetail {
  const { table, bins, counts: reference } = column;
  const [before, now] = [weights(reference), weights(current)];
  const chi = chiSquare(before, now);
  return {
    table,
    column: column.column,
    bins,
    reference,
    current,
    psi,
    measures: {
      jsDistance: jsDistance(before, now),
      kl: klDivergence(now, before),
      lInfinity: lInfinityRobust(before, now),
      chiSquareP: "pValue" in chi ? chi.pValue : null,
      ks: null,
    },
  };
}

/** Bins without a row on this side are left out: what was never seen is no category of its own. */
function weights({ values, missing, other }: BinCounts): Weights {
  const named = [
    ...values.map((count, index) => [`bin ${index}`, count]),
    ["missing", missing],
    ["other", other],
  ];
  return Object.fromEntries(named.filter(([, count]) => Number(count) > 0)) as Weights;
}

/**
 * Adds the Kolmogorov–Smirnov test on the values themselves: for the few columns that a person will look at. The stamp before is
 * the `reference` database of the same warehouse.
 */
export async function compareValues(
  warehouse: Warehouse,
  detail: DriftDetail,
  reference: string,
  signal?: AbortSignal,
): Promise<DriftDetail> {
  if (detail.bins.kind !== "number") return detail;
  const table = quoteName(detail.table);
  const x = await values(warehouse, `${quoteName(reference)}.main.${table}`, detail.column, signal);
  const y = await values(warehouse, table, detail.column, signal);
  if (x.length === 0 || y.length === 0) return detail;
  return { ...detail, measures: { ...detail.measures, ks: kolmogorovSmirnov(x, y) } };
}

async function values(
  warehouse: Warehouse,
  table: string,
  column: string,
  signal?: AbortSignal,
): Promise<number[]> {
  const name = `${quoteName(column)}::double`;
  const { rows } = await warehouse.query(
    // The same sample in every run: by position, the rows being in the order of their key.
    `select ${name} from (select *, row_number() over () as n, count(*) over () as all_rows from ${table}
       where isfinite(${name})) where n % greatest(1, all_rows // ${mostValues}) = 0 limit ${mostValues}`,
    { signal },
  );
  return rows.map(([value]) => Number(value));
}
