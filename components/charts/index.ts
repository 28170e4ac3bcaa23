export { Chart } from "./chart";
