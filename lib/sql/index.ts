export { type AuditColumns, type CompiledPlan, compilePlan } from "./compile";
export { dialects, otherDialect } from "./dialect";
export type { DuplicateProbe } from "./duplicate-probe";
export { conditionSql, filterLabel, operatorWords } from "./filters";
export { hopText } from "./joins";
