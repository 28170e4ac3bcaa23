export { type AuditColumns, type CompiledPlan, compilePlan } from "./compile";
export { quoteName } from "./dialect";
export type { DuplicateProbe } from "./duplicate-probe";
export { filterLabel, operatorWords } from "./filters";
export { hopText } from "./joins";
export type { CompileOptions } from "./statement";
