export { type AuditColumns, type CompiledPlan, compilePlan } from "./compile";
export type { DuplicateProbe } from "./duplicate-probe";
export { filterLabel, operatorWords } from "./filters";
export { hopText } from "./joins";
