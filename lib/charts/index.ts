export { drawChart } from "./draw";
export { type Chart, type ChartPoint, type ChartSpec, chartSpecSchema } from "./spec";
