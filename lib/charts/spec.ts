import { z } from "zod";

/** What is drawn, by the names of a result's columns: data, never code. A model may propose one; {@link drawChart} decides. */
export const chartSpecSchema = z.strictObject({
  kind: z.enum(["bar", "line", "scatter", "histogram"]),
  x: z.string(),
  /** Null for a histogram, which counts rows. */
  y: z.string().nullable(),
  /** Splits the bars or lines of one chart. */
  series: z.string().nullable(),
});
export type ChartSpec = z.infer<typeof chartSpecSchema>;

/** A chart with its points: all that a browser needs to draw it, the same at every reload. */
export interface Chart extends ChartSpec {
  title: string;
  /** How `x` of a point is to be read: a name, a number, or milliseconds since 1970 in UTC. */
  xIs: "name" | "number" | "time";
  points: ChartPoint[];
  /** What a reader has to know so as not to be misled; null where there is nothing. */
  note: string | null;
}

export interface ChartPoint {
  /** Null: the rows where it is not known. */
  x: string | number | null;
  y: number;
  series: string | null;
  /** Of a histogram: where the bin ends; `x` is where it begins. */
  to?: number;
  /** Of a line: what would come right before it is missing, so no line leads up to it. */
  isAfterGap?: true;
}

/** A result as it is charted. */
export interface ChartedResult {
  columns: { name: string; type: string }[];
  rows: (string | number | boolean | null)[][];
  /** There are more rows than these. */
  truncated: boolean;
}
