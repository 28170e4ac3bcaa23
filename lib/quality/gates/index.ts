export { runGates } from "./run-gates";
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
