/** Counts of one column in the bins that were frozen from the reference. */
export interface BinCounts {
  /** In the order of the bins. */
  values: number[];
  /** Rows without a value. */
  missing: number;
  /** Values that no bin foresees: a new category, NaN. */
  other: number;
}

export type Stability =
  | { verdict: "pass" | "warn" | "halt"; psi: number }
  | { verdict: "insufficient"; psi: number | null; why: string };

export const driftLimits = { warn: 0.1, halt: 0.25, fewestRows: 200, fewestExpected: 5, floor: 1e-4 };

/**
 * The population stability index Σ (q − p) ln(q / p) of the current counts against the reference's, over the value bins, the
 * missing bin and the other bin. Shares are floored at 1e-4 and renormalised, so that an empty bin is finite. Fewer than 200 rows on a
 * side, or a value bin where fewer than five rows are expected, is "insufficient": the index is told but never counts as stable. So is a
 * column of which fewer than 200 rows have a value, as long as the share of rows that have one is stable: that share is judged in any case.
 */
export function stability(reference: BinCounts, current: BinCounts): Stability {
  const [n, m] = [rowsOf(reference), rowsOf(current)];
  const fewest = Math.min(n, m);
  if (fewest === 0) return { verdict: "insufficient", psi: null, why: "there are no rows" };
  const psi = stabilityIndex(reference, current);
  if (fewest < driftLimits.fewestRows) {
    return { verdict: "insufficient", psi, why: `${fewest} rows are fewer than ${driftLimits.fewestRows}` };
  }
  const withValue = Math.min(...[reference, current].map(({ values }) => sumOf(values)));
  if (
    withValue < driftLimits.fewestRows &&
    stabilityIndex(...ofPresence(reference, current)) < driftLimits.warn
  ) {
    const why = `${withValue} rows with a value are fewer than ${driftLimits.fewestRows}`;
    return { verdict: "insufficient", psi, why };
  }
  const expected = Math.min(...reference.values.map((count) => (count / n) * m));
  // Without a single value on the reference's side there are no bins; what appears now is in "other".
  if (reference.values.length > 0 && expected < driftLimits.fewestExpected) {
    return {
      verdict: "insufficient",
      psi,
      why: `a bin expects ${expected.toFixed(1)} rows, fewer than ${driftLimits.fewestExpected}`,
    };
  }
  return { verdict: psi >= driftLimits.halt ? "halt" : psi >= driftLimits.warn ? "warn" : "pass", psi };
}

/** The index alone; both sides must have rows. */
export function stabilityIndex(reference: BinCounts, current: BinCounts): number {
  const [p, q] = [flooredShares(reference), flooredShares(current)];
  return p.reduce((sum, share, bin) => {
    const now = q[bin] ?? driftLimits.floor;
    return sum + (now - share) * Math.log(now / share);
  }, 0);
}

function ofPresence(...sides: [BinCounts, BinCounts]): [BinCounts, BinCounts] {
  const [a, b] = sides.map((side) => ({ ...side, values: [sumOf(side.values)] }));
  return [a as BinCounts, b as BinCounts];
}

function flooredShares(counts: BinCounts): number[] {
  const rows = rowsOf(counts);
  const floored = [...counts.values, counts.missing, counts.other].map((count) =>
    Math.max(count / rows, driftLimits.floor),
  );
  const sum = floored.reduce((all, share) => all + share, 0);
  return floored.map((share) => share / sum);
}

export function rowsOf({ values, missing, other }: BinCounts): number {
  return sumOf(values) + missing + other;
}

function sumOf(counts: number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
