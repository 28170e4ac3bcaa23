import type { Plan } from "@/lib/feature-set";
import { type AuditColumns, filterLabel, hopText } from "@/lib/sql";
import type { ParquetFile } from "@/lib/warehouse/port";
import type { FilterReport, JoinReport, QualityReport } from "./report";
import { warningsOf } from "./warnings";

/** What was counted beside the matrix itself. */
export interface ProbeCounts {
  /** By join id: rows too many in its tables. */
  rightDuplicates: ReadonlyMap<string, number>;
  filters: FilterReport[];
}

/** Reads the report off the footer of a file written by the plan's audit SQL: every count there is a null count. */
export function assembleReport(
  plan: Plan,
  file: Pick<ParquetFile, "rows" | "columns">,
  audit: AuditColumns,
  probes: ProbeCounts,
  seconds: QualityReport["seconds"],
): QualityReport {
  const nulls = new Map(file.columns.map(({ name, nullCount }) => [name, nullCount]));
  const nullCount = (column: string) => nulls.get(column) ?? file.rows;
  const trueCount = (column: string) => file.rows - nullCount(column);
  const rate = (count: number) => (file.rows === 0 ? 0 : count / file.rows);
  const features = plan.columns.filter(({ role }) => role === "feature");
  const joins = audit.joins.flatMap(({ join: id, matched, ties }): JoinReport[] => {
    const join = plan.joins.find((candidate) => candidate.id === id);
    if (!join) return [];
    return [
      {
        join: id,
        table: join.table,
        alias: join.alias,
        cardinality: join.cardinality,
        via: join.path.map(hopText).join(", "),
        matched: trueCount(matched),
        rate: rate(trueCount(matched)),
        rightDuplicates: probes.rightDuplicates.get(id) ?? 0,
        ties: ties === null ? 0 : trueCount(ties),
      },
    ];
  });
  const report = {
    rows: file.rows,
    features: features.length,
    columns: plan.columns.length,
    duplicateKeys: trueCount(audit.repeated),
    joins,
    nulls: features
      .map(({ name, source }) => ({
        column: name,
        table: source.table,
        nulls: nullCount(name),
        rate: rate(nullCount(name)),
      }))
      .sort((a, b) => b.nulls - a.nulls || (a.column < b.column ? -1 : 1)),
    filters: probes.filters,
    seconds,
  };
  return { ...report, warnings: [...plan.notes, ...warningsOf(report)] };
}

/** The filters of a plan with what the probe counted; `counts` is the probe's row. */
export function filterReports(plan: Plan, counts: readonly number[]): FilterReport[] {
  const [population = 0] = counts;
  return plan.spine.filters.map((filter, index) => ({
    label: filterLabel(filter),
    kept: counts[2 + 2 * index] ?? 0,
    unknown: counts[3 + 2 * index] ?? 0,
    population,
  }));
}
