import type { Weights } from "./divergences";

export type ChiSquare =
  | { statistic: number; degrees: number; pValue: number }
  | { refused: "too_few_categories" | "too_few_rows" };

/** Below this many rows in a category the approximation does not hold. */
const fewestPerCategory = 5;

/**
 * Pearson's test of whether the current counts follow the reference's shares. Refused, never passed, where the reference
 * has fewer than two categories or a category is expected or seen fewer than five times.
 */
export function chiSquare(reference: Weights, current: Weights): ChiSquare {
  const expectedKeys = Object.keys(reference).filter((key) => (reference[key] ?? 0) > 0);
  if (expectedKeys.length < 2) return { refused: "too_few_categories" };
  const keys = [...new Set([...expectedKeys, ...Object.keys(current)])];
  const [n, m] = [sum(reference), sum(current)];
  const cells = keys.map((key) => ({ expected: ((reference[key] ?? 0) / n) * m, seen: current[key] ?? 0 }));
  if (cells.some(({ expected, seen }) => expected < fewestPerCategory || seen < fewestPerCategory)) {
    return { refused: "too_few_rows" };
  }
  const statistic = cells.reduce((all, { expected, seen }) => all + (seen - expected) ** 2 / expected, 0);
  const degrees = keys.length - 1;
  return { statistic, degrees, pValue: upperGamma(degrees / 2, statistic / 2) };
}

function sum(weights: Weights): number {
  return Object.values(weights).reduce((all, weight) => all + weight, 0);
}

/** The regularised upper incomplete gamma function Q(a, x): by its series below a + 1, by Lentz's continued fraction above. */
function upperGamma(a: number, x: number): number {
  if (x <= 0) return 1;
  const scale = Math.exp(-x + a * Math.log(x) - logGamma(a));
  if (x < a + 1) {
    let [term, series] = [1 / a, 1 / a];
    for (let n = 1; n < 1000 && Math.abs(term) > Math.abs(series) * 1e-16; n++) {
      term *= x / (a + n);
      series += term;
    }
    return 1 - series * scale;
  }
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let fraction = d;
  for (let i = 1; i < 1000; i++) {
    const an = -i * (i - a);
    b += 2;
    d = 1 / (an * d + b);
    c = b + an / c;
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return fraction * scale;
}

/** Stirling's series, after shifting the argument to where it is exact to the last bits. */
function logGamma(value: number): number {
  let shift = 0;
  let z = value;
  for (; z < 12; z++) shift += Math.log(z);
  const r = 1 / (z * z);
  return (
    (z - 0.5) * Math.log(z) -
    z +
    0.5 * Math.log(2 * Math.PI) +
    (1 / 12 - r * (1 / 360 - r * (1 / 1260 - r / 1680))) / z -
    shift
  );
}
