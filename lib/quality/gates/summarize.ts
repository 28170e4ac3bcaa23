import type { Check, GateReport, GateSummary, Verdict } from "./types";

const most = { failed: 200, warned: 60, found: 60, plots: 40 };
/** Where little or nothing drifted, what moved most is shown all the same. */
const fewestPlots = 4;

/**
 * A report cut to what a person looks at: failed checks, warnings, and the distributions of the columns that drifted most; with words,
 * the checks and distributions of the columns whose table and name have all of them.
 */
export function summarizeGates(report: GateReport, words: string[] = []): GateSummary {
  const { stamp, reference, halted, counts } = report;
  const matches = ({ table, column }: Pick<Check, "table" | "column">) =>
    words.every((word) => `${table}.${column ?? ""}`.toLowerCase().includes(word.toLowerCase()));
  const checks = report.checks.filter(matches);
  const failed = checks.filter(({ verdict }) => verdict === "halt");
  const warned = checks.filter(({ verdict }) => verdict === "warn");
  const others = words.length > 0 ? checks.filter(({ verdict }) => !["halt", "warn"].includes(verdict)) : [];
  const plots = rankedDrift(report).filter(matches);
  const drifted = plots.filter(({ verdict }) => verdict === "halt" || verdict === "warn").length;
  const shownPlots = words.length > 0 ? most.plots : Math.min(Math.max(drifted, fewestPlots), most.plots);
  return {
    ...{ stamp, reference, halted, counts, compared: report.drift.length, drifted },
    failed: { all: failed.length, shown: failed.slice(0, most.failed) },
    warned: { all: warned.length, shown: warned.slice(0, most.warned) },
    others: { all: others.length, shown: others.slice(0, most.found) },
    plots: { all: plots.length, shown: plots.slice(0, shownPlots) },
  };
}

const rank: Record<Verdict, number> = { halt: 0, warn: 1, insufficient: 2, pass: 2, no_reference: 2 };

/** A column of few rows may move far and mean nothing: verdicts first, then how far. */
function rankedDrift({ checks, drift }: GateReport) {
  const verdicts = new Map(
    checks.filter(({ check }) => check === "drift").map((check) => [placeOf(check), check.verdict]),
  );
  return drift
    .map((detail) => ({ ...detail, verdict: verdicts.get(placeOf(detail)) ?? ("pass" as const) }))
    .sort((a, b) => rank[a.verdict] - rank[b.verdict] || b.psi - a.psi);
}

function placeOf({ table, column }: Pick<Check, "table" | "column">): string {
  return `${table}.${column}`;
}
