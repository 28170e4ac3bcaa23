export { type GateInput, runGates } from "./run-gates";
export { nullLimit, rowLimits } from "./structure";
export { summarizeGates } from "./summarize";
export type {
  Check,
  ColumnProfile,
  Declared,
  DriftDetail,
  GateReport,
  GateSummary,
  StampProfile,
  Verdict,
} from "./types";
