import { type ChartColumn, isPeriod } from "./columns";
import type { ChartSpec } from "./spec";

/** A result with more columns lists rows; it does not compare. */
const mostColumns = 5;
const fewestForHistogram = 20;

/**
 * The chart that fits a result by its columns: time and a number make a line, names and a number bars, two numbers a
 * scatter, one number alone a histogram. Null where none says more than the table.
 */
export function chooseChart(columns: ChartColumn[], rows: number): ChartSpec | null {
  if (rows < 2 || columns.length > mostColumns) return null;
  const numbers = columns.filter(({ role }) => role === "number");
  const names = columns.filter(({ role }) => role === "name");
  const times = columns.filter(({ role }) => role === "time");
  const [time] = times.length > 0 ? times : numbers.length > 1 ? numbers.filter(isPeriod) : [];
  const measures = numbers.filter((column) => column !== time);
  const [first, second] = measures;
  if (!first) return null;

  if (time && times.length <= 1) {
    const series = names.length === 1 ? names[0] : undefined;
    return { kind: "line", x: time.name, y: first.name, series: series?.name ?? null };
  }
  if (times.length > 1) return null;
  if (names.length > 0 || columns.some(({ role }) => role === "label")) return bars(columns, first, rows);
  if (second) return { kind: "scatter", x: first.name, y: second.name, series: null };
  return rows >= fewestForHistogram ? { kind: "histogram", x: first.name, y: null, series: null } : null;
}

/** Bars by the column that names every row; where it takes two to name a row, the smaller splits the bars. */
function bars(columns: ChartColumn[], measure: ChartColumn, rows: number): ChartSpec | null {
  const named = columns
    .filter(({ role }) => role === "name" || role === "label")
    .sort((a, b) => Number(a.role === "label") - Number(b.role === "label"));
  const whole = named.find(({ distinct }) => distinct === rows);
  if (whole) return { kind: "bar", x: whole.name, y: measure.name, series: null };
  const [one, other] = named.filter(({ role }) => role === "name");
  if (!one || !other || named.length > 2) return null;
  const [x, series] = one.distinct >= other.distinct ? [one, other] : [other, one];
  return { kind: "bar", x: x.name, y: measure.name, series: series.name };
}
