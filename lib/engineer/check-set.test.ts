import { describe, expect, it } from "vitest";
import type { Plan } from "@/lib/feature-set";
import type { QualityReport } from "@/lib/quality";
import type { Registry } from "@/lib/registry";
import { checkSet } from "./check-set";

const plan = {
  columns: [
    { name: "SELLER_ID", role: "key", source: { table: "SELLERS", column: "SELLER_ID" } },
    { name: "phone", role: "feature", source: { table: "SELLERS", column: "phone" } },
  ],
  joins: [{ alias: "TREND", time: { event: "month" } }],
  spine: { time: { instant: "2026-11-01T00:00:00Z" } },
} as unknown as Plan;
const registry = (pii: boolean) =>
  ({ features: [{ table: "SELLERS", name: "phone", pii }] }) as unknown as Registry;

const report = (over: Partial<QualityReport>): QualityReport => ({
  rows: 1000,
  features: 1,
  columns: 2,
  duplicateKeys: 0,
  joins: [],
  nulls: [],
  filters: [],
  warnings: [],
  seconds: { probes: 0, write: 0, total: 0 },
  ...over,
});
const join = (alias: string, matched: number) => ({
  join: "j1",
  table: alias,
  alias,
  cardinality: "one_to_one" as const,
  via: "",
  matched,
  rate: matched / 1000,
  rightDuplicates: 0,
  ties: 0,
});
const texts = (over: Partial<QualityReport>, pii = false) =>
  checkSet({ plan, report: report(over), registry: registry(pii) }).map(
    ({ level, text }) => `${level}: ${text}`,
  );

describe("the check of a set", () => {
  it("says that all is well only when it is", () => {
    const findings = checkSet({
      plan,
      report: report({ joins: [join("GEO", 990)] }),
      registry: registry(false),
    });
    expect(findings.every(({ level }) => level === "ok")).toBe(true);
  });

  it("does not call joins sound that are not", () => {
    expect(texts({ joins: [join("GEO", 990), join("TREND", 412)] }).join()).not.toContain("Every table");
  });

  it("never rounds a loss away", () => {
    expect(
      texts({ rows: 100_000, joins: [{ ...join("GEO", 0), matched: 99_999, rate: 0.99999 }] }),
    ).toContainEqual("ok: Every table matches at least 99.9% of the rows.");
  });

  it("names the columns with many nulls, empty ones first", () => {
    const nulls = [
      { column: "gone", table: "T", nulls: 1000, rate: 1 },
      { column: "thin", table: "T", nulls: 400, rate: 0.4 },
      { column: "fine", table: "T", nulls: 10, rate: 0.01 },
    ];
    const found = texts({ nulls });
    expect(found.find((text) => text.startsWith("note:"))).toContain(
      "in 2 columns, the worst being gone (100%), thin (40%)",
    );
    expect(found.join()).not.toContain("fine");
  });

  it("warns of personal data, and does not praise repeated keys", () => {
    expect(texts({}, true).join()).toContain("Personal data in 1 column: phone");
    expect(texts({ duplicateKeys: 3 }).join()).not.toContain("one per key");
  });

  it("points to the report's own warnings", () => {
    expect(texts({ warnings: ["Two rows tie."] })).toContainEqual(
      "warning: 1 warning stands in the report above. Read them before using the matrix.",
    );
  });
});
