export { type GateInput, runGates } from "./run-gates";
export { nullLimit, rowLimits } from "./structure";
export type { Check, ColumnProfile, Declared, DriftDetail, GateReport, StampProfile, Verdict } from "./types";
