/** A share as text. Never rounds up to 100 % or down to 0 %: 99.96 % of rows is not all of them. */
export function percent(rate: number): string {
  if (rate > 0.999 && rate < 1) return "99.9%";
  if (rate > 0 && rate < 0.001) return "0.1%";
  return `${Math.round(rate * 1000) / 10}%`;
}
