import { AppError } from "@/lib/errors";

/** Weights per category or bin: counts, or shares. */
export type Weights = Record<string, number>;

/**
 * Jensen–Shannon divergence of two weightings over the union of their categories, in bits: 0 where equal, 1 where nothing is shared.
 * @throws AppError BAD_INPUT where a side is empty
 */
export function jsDivergence(reference: Weights, current: Weights): number {
  const [p, q] = shares(reference, current);
  return (entropyTo(p, q) + entropyTo(q, p)) / 2;
}

/** The square root of the divergence in natural units: a metric, at most √ln 2. */
export function jsDistance(reference: Weights, current: Weights): number {
  return Math.sqrt(jsDivergence(reference, current) * Math.LN2);
}

/** Kullback–Leibler from p to the midpoint of p and q, in bits. */
function entropyTo(p: number[], q: number[]): number {
  return p.reduce((sum, share, index) => {
    const middle = (share + (q[index] ?? 0)) / 2;
    return share > 0 ? sum + share * Math.log2(share / middle) : sum;
  }, 0);
}

/**
 * Kullback–Leibler divergence of what was observed from what was expected, in nats; null where something was observed that
 * was not expected, since it is then infinite. A `holdout` of the expected weight is set aside for what was not foreseen.
 * @throws AppError BAD_INPUT where a side is empty
 */
export function klDivergence(observed: Weights, expected: Weights, holdout = 0): number | null {
  const unforeseen = Object.keys(observed).filter((key) => !(key in expected));
  const foreseen = total(expected);
  const allowed = Object.fromEntries(
    Object.entries(expected).map(([key, weight]) => [key, (weight / foreseen) * (1 - holdout)]),
  );
  for (const key of unforeseen) allowed[key] = holdout / unforeseen.length;
  const [p, q] = shares(observed, allowed);
  let sum = 0;
  for (const [index, share] of p.entries()) {
    const other = q[index] ?? 0;
    if (share > 0 && other === 0) return null;
    if (share > 0) sum += share * Math.log(share / other);
  }
  return sum;
}

/**
 * The greatest difference of two shares.
 * @throws AppError BAD_INPUT where a side is empty
 */
export function lInfinity(reference: Weights, current: Weights): number {
  const [p, q] = shares(reference, current);
  return Math.max(...p.map((share, index) => Math.abs(share - (q[index] ?? 0))));
}

/**
 * The greatest difference of two shares beyond what two samples of these sizes differ by chance: the two-sample
 * Kolmogorov–Smirnov bound at about one in 300, `1.8 √((n + m) / nm)`, is taken off. Weights are counts.
 */
export function lInfinityRobust(reference: Weights, current: Weights): number {
  const [n, m] = [total(reference), total(current)];
  return Math.max(0, lInfinity(reference, current) - 1.8 * Math.sqrt((n + m) / (n * m)));
}

/** Both sides as shares over the union of the categories, in one order. */
function shares(one: Weights, other: Weights): [number[], number[]] {
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  const [n, m] = [total(one), total(other)];
  return [keys.map((key) => (one[key] ?? 0) / n), keys.map((key) => (other[key] ?? 0) / m)];
}

function total(weights: Weights): number {
  const sum = Object.values(weights).reduce((all, weight) => all + weight, 0);
  if (!(sum > 0)) throw new AppError("BAD_INPUT", "An empty distribution cannot be compared with another.");
  return sum;
}
