import { count, percent, plural } from "@/lib/figures";
import type { QualityReport } from "./report";

const lowRate = 0.8;

/** What a person should read before trusting the matrix, the gravest first. */
export function warningsOf(report: Omit<QualityReport, "warnings">): string[] {
  return [
    ...unmatched(report),
    ...emptyColumns(report),
    ...repeatedKeys(report),
    ...ties(report),
    ...duplicates(report),
    ...unknownFilters(report),
  ];
}

function unmatched({ joins, rows }: Omit<QualityReport, "warnings">): string[] {
  return joins
    .filter(({ rate }) => rate < lowRate)
    .map(({ alias, matched, rate }) =>
      matched === 0
        ? `${alias} matched no row: all its columns are empty.`
        : `${alias} matched only ${percent(rate)} of the rows (${count(matched)} of ${count(rows)}); the others have no values of it.`,
    );
}

function emptyColumns({ nulls, rows, joins }: Omit<QualityReport, "warnings">): string[] {
  const unmatchedTables = new Set(joins.filter(({ matched }) => matched === 0).map(({ table }) => table));
  const empty = nulls.filter((column) => column.nulls === rows && !unmatchedTables.has(column.table));
  if (rows === 0 || empty.length === 0) return [];
  const names = empty.slice(0, 5).map(({ column }) => column);
  const more = empty.length > names.length ? ` and ${empty.length - names.length} more` : "";
  return [
    `${plural(empty.length, "column has", "columns have")} no value at all: ${names.join(", ")}${more}.`,
  ];
}

function repeatedKeys({ duplicateKeys }: Omit<QualityReport, "warnings">): string[] {
  if (duplicateKeys === 0) return [];
  return [
    `${plural(duplicateKeys, "row repeats", "rows repeat")} the key (and time) of a row before. All are kept.`,
  ];
}

function ties({ joins }: Omit<QualityReport, "warnings">): string[] {
  return joins
    .filter((join) => join.ties > 0)
    .map(
      (join) =>
        `${join.alias}: for ${plural(join.ties, "row", "rows")} several values have the same time. The greatest was taken, the same in every run.`,
    );
}

function duplicates({ joins }: Omit<QualityReport, "warnings">): string[] {
  return joins
    .filter((join) => join.rightDuplicates > 0)
    .map(
      (join) =>
        `${join.alias} holds ${plural(join.rightDuplicates, "row", "rows")} more than its grain allows. They did not multiply anything.`,
    );
}

function unknownFilters({ filters }: Omit<QualityReport, "warnings">): string[] {
  return filters
    .filter((filter) => filter.unknown > 0)
    .map(
      (filter) =>
        `${plural(filter.unknown, "row was", "rows were")} left out because ${filter.label} cannot be told: the value is unknown.`,
    );
}
