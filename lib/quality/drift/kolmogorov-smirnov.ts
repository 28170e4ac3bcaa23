import { AppError } from "@/lib/errors";

/** Beyond this many values on a side the p-value is the asymptotic one. */
const mostExact = 10_000;

/**
 * The two-sample, two-sided Kolmogorov–Smirnov test: the greatest distance of the two empirical distributions and the
 * probability of one at least as great when both samples come from one distribution. Exact by counting lattice paths
 * (Hodges 1958) up to 10,000 values a side, else Kolmogorov's limit.
 * @throws AppError BAD_INPUT where a sample is empty
 */
export function kolmogorovSmirnov(
  x: readonly number[],
  y: readonly number[],
): { statistic: number; pValue: number } {
  if (x.length === 0 || y.length === 0) {
    throw new AppError("BAD_INPUT", "An empty sample cannot be compared with another.");
  }
  const steps = greatestGap(sorted(x), sorted(y));
  const statistic = steps / (x.length * y.length);
  const exact = Math.max(x.length, y.length) <= mostExact;
  const pValue = exact ? exactTail(x.length, y.length, steps) : limitTail(x.length, y.length, statistic);
  return { statistic, pValue: Math.min(1, Math.max(0, pValue)) };
}

/** The greatest |i·m − j·n| over all values, in whole numbers: ties step on both sides at once. */
function greatestGap(x: number[], y: number[]): number {
  let [i, j, gap] = [0, 0, 0];
  while (i < x.length || j < y.length) {
    const value = Math.min(x[i] ?? Infinity, y[j] ?? Infinity);
    while (i < x.length && x[i] === value) i++;
    while (j < y.length && y[j] === value) j++;
    gap = Math.max(gap, Math.abs(i * y.length - j * x.length));
  }
  return gap;
}

/**
 * The share of the paths from (0, 0) to (n, m) that touch |i·m − j·n| ≥ gap. Instead of counting paths, each cell holds the
 * probability that a random order of the n + m values passes it without touching, so that nothing overflows.
 */
function exactTail(n: number, m: number, gap: number): number {
  if (gap === 0) return 1;
  let outside = 0;
  let row = new Float64Array(m + 1);
  row[0] = 1;
  for (let i = 0; i <= n; i++) {
    const next = new Float64Array(m + 1);
    for (let j = 0; j <= m; j++) {
      let mass = i === 0 && j === 0 ? 1 : 0;
      // Of the values left, the next is an x with the chance of the x's among them.
      if (i > 0) mass += ((row[j] ?? 0) * (n - i + 1)) / (n - i + 1 + (m - j));
      if (j > 0) mass += ((next[j - 1] ?? 0) * (m - j + 1)) / (n - i + (m - j + 1));
      if (Math.abs(i * m - j * n) >= gap) {
        outside += mass;
        mass = 0;
      }
      next[j] = mass;
    }
    row = next;
  }
  return outside;
}

/** 2 Σ (−1)^(k−1) exp(−2 k² λ²). */
function limitTail(n: number, m: number, statistic: number): number {
  const lambda = Math.sqrt((n * m) / (n + m)) * statistic;
  if (lambda < 0.2) return 1;
  let sum = 0;
  for (let k = 1; k <= 100; k++) sum += (k % 2 === 1 ? 1 : -1) * Math.exp(-2 * k * k * lambda * lambda);
  return 2 * sum;
}

function sorted(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}
