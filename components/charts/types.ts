import type { Chart } from "@/lib/charts";

export interface DrawnProps {
  chart: Chart;
  /** The different series in their order; one that is null where nothing is split. */
  series: (string | null)[];
  /** Pixels there are. */
  width: number;
}
