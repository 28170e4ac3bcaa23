import type { ChartPoint } from "./spec";

/**
 * Values counted into bins of one round width (1, 2 or 5 times a power of ten), near the number of bins that Rice's rule
 * gives. Each bin holds its lower edge; the last one holds both.
 */
export function binValues(values: number[]): ChartPoint[] {
  const least = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const greatest = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  if (!(greatest > least)) return [];
  const width = roundWidth((greatest - least) / Math.ceil(2 * Math.cbrt(values.length)));
  const first = Math.floor(least / width);
  const count = Math.max(Math.ceil(greatest / width) - first, 1);
  const bins = Array.from({ length: count }, (_, index) => ({
    x: tidy((first + index) * width),
    to: tidy((first + index + 1) * width),
    y: 0,
    series: null,
  }));
  for (const value of values) {
    const bin = bins[Math.min(Math.floor(value / width) - first, count - 1)];
    if (bin) bin.y++;
  }
  return bins;
}

function roundWidth(width: number): number {
  const power = 10 ** Math.floor(Math.log10(width));
  return power * ([1, 2, 5].find((step) => step * power >= width * 0.999) ?? 10);
}

/** 0.30000000000000004 is 0.3. */
const tidy = (value: number) => Number(value.toPrecision(12));
