export { assembleReport, filterReports, type ProbeCounts } from "./assemble-report";
export type { FilterReport, JoinReport, QualityReport } from "./report";
