import type { Weights } from "./divergences";

/** Counts over `[from, to)`; the last bucket of a histogram holds its upper end as well. */
export type Bucket = readonly [from: number, to: number, count: number];

/**
 * Two histograms over the union of their borders. Where a bucket is split, its count is spread evenly over its width; a bucket
 * of no width stays a point. The gates count in frozen bins and do without; the cases that judge the measures begin from histograms.
 */
export function alignBuckets(reference: readonly Bucket[], current: readonly Bucket[]): [Weights, Weights] {
  const borders = [...new Set([...reference, ...current].flat())].sort((a, b) => a - b);
  return [spread(reference, borders), spread(current, borders)];
}

function spread(buckets: readonly Bucket[], borders: number[]): Weights {
  const weights: Weights = {};
  const add = (key: string, weight: number) => {
    weights[key] = (weights[key] ?? 0) + weight;
  };
  for (const [from, to, count] of buckets) {
    if (from === to) add(`${from}`, count);
    for (const [index, left] of borders.slice(0, -1).entries()) {
      const right = borders[index + 1] ?? left;
      if (left >= from && right <= to && from < to)
        add(`${left}..${right}`, (count * (right - left)) / (to - from));
    }
  }
  return weights;
}
