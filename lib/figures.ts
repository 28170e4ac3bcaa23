/** How numbers are said in sentences to a person. */

/** 12345 → `12,345`. */
export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** `1 row`, `2 rows`. */
export function plural(value: number, one: string, many: string): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** A share as text, rounded down, so that 79.99% is not yet 80% and 99.96% is not all. What is there is never 0%. */
export function percent(rate: number): string {
  if (rate > 0 && rate < 0.001) return "0.1%";
  // The smallest part makes good what a division loses: 0.029 is 2.9%.
  return `${Math.floor(rate * 1000 + 1e-9) / 10}%`;
}
