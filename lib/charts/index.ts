export { drawChart } from "./draw";
export { type Chart, type ChartedResult, type ChartPoint, type ChartSpec, chartSpecSchema } from "./spec";
