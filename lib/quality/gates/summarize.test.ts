import { describe, expect, it } from "vitest";
import { summarizeGates } from "./summarize";
import type { Check, DriftDetail, GateReport, Verdict } from "./types";

const check = (column: string, verdict: Verdict, value: number): Check => ({
  ...{ check: "drift", table: "SHOPS", column, verdict, value, limit: 0.25 },
  text: verdict === "pass" ? null : `${column} drifted.`,
});
const detail = (column: string, psi: number): DriftDetail => ({
  ...{ table: "SHOPS", column, psi, bins: { kind: "number", edges: [1] } },
  reference: { values: [1, 1], missing: 0, other: 0 },
  current: { values: [1, 1], missing: 0, other: 0 },
  measures: { jsDistance: 0, kl: 0, lInfinity: 0, chiSquareP: null, ks: null },
});

/** Columns of which one in three halts, one warns and one is stable; what is stable moved most. */
function report(columns: number): GateReport {
  const names = Array.from({ length: columns }, (_, at) => `visits_${at}`);
  const verdictOf = (at: number): Verdict => (["halt", "warn", "pass"] as const)[at % 3] ?? "pass";
  return {
    ...{ stamp: "v2026.11", reference: "v2026.10", halted: true },
    counts: { pass: columns / 3, warn: columns / 3, halt: columns / 3, insufficient: 0, no_reference: 0 },
    checks: names.map((name, at) => check(name, verdictOf(at), at)),
    drift: names.map((name, at) => detail(name, at % 3 === 2 ? 9 : at / columns)),
  };
}

describe("the summary of a report", () => {
  it("has the failures, the warnings and the plots of what drifted, cut to what a page shows, and says how many there are", () => {
    const summary = summarizeGates(report(900));
    expect(summary).toMatchObject({
      compared: 900,
      drifted: 600,
      failed: { all: 300 },
      warned: { all: 300 },
    });
    expect([summary.failed, summary.warned, summary.plots].map(({ shown }) => shown.length)).toEqual([
      200, 60, 40,
    ]);
    expect(summary.others).toEqual({ all: 0, shown: [] });
    // Verdicts first: what is stable is no plot, however far it moved.
    expect(new Set(summary.plots.shown.map(({ verdict }) => verdict))).toEqual(new Set(["halt"]));
    expect(summary.plots.shown[0]?.column).toBe("visits_897");
  });

  it("shows what moved most where nothing drifted", () => {
    const calm = report(30);
    calm.checks = calm.checks.map((one) => ({ ...one, verdict: "pass" }));
    const { plots, drifted } = summarizeGates(calm);
    expect([drifted, plots.all, plots.shown.map(({ psi }) => psi)]).toEqual([0, 30, [9, 9, 9, 9]]);
  });

  it("of words is about the columns that have all of them, the stable ones too", () => {
    const found = summarizeGates(report(30), ["Shops", "visits_2"]);
    const columns = ["visits_2", ...Array.from({ length: 10 }, (_, at) => `visits_2${at}`)];
    const shown = [found.failed, found.warned, found.others].flatMap((part) => part.shown);
    expect(shown.map(({ column }) => column).sort()).toEqual(columns.sort());
    expect(found.plots.all).toBe(11);
  });
});
