import { expect, it } from "vitest";
import type { DriftDetail } from "@/lib/quality/gates";
import { distributionOf, shortNumber } from "./distribution";

const measures: DriftDetail["measures"] = { jsDistance: 0, kl: 0, lInfinity: 0, chiSquareP: null, ks: null };
const of = (bins: DriftDetail["bins"], reference: number[], current: number[]): DriftDetail => ({
  ...{ table: "SHOPS", column: "price", bins, psi: 0, measures },
  reference: { values: reference, missing: 10, other: 0 },
  current: { values: current, missing: 0, other: 1 },
});

it("gives shares of all rows, with missing and other values last", () => {
  const { bins, rows } = distributionOf(of({ kind: "number", edges: [10, 2500] }, [30, 30, 30], [1, 1, 1]));
  expect(rows).toEqual({ reference: 100, current: 4 });
  expect(bins.map(({ label, kind, reference, current }) => [label, kind, reference, current])).toEqual([
    ["up to 10", "value", 0.3, 0.25],
    ["10 to 2.5k", "value", 0.3, 0.25],
    ["above 2.5k", "value", 0.3, 0.25],
    ["missing", "missing", 0.1, 0],
    ["other", "other", 0, 0.25],
  ]);
});

it("names categories by their value, and the one bin of a column without borders", () => {
  const labels = (bins: DriftDetail["bins"]) =>
    distributionOf(of(bins, [1], [1])).bins.map(({ label }) => label);
  expect(labels({ kind: "category", values: ["missing"] })).toEqual(["missing", "missing", "other"]);
  expect(labels({ kind: "number", edges: [] })).toEqual(["any value", "missing", "other"]);
  expect(labels({ kind: "number", edges: [5] })).toEqual(["up to 5", "above 5", "missing", "other"]);
});

it("has shares of nothing where a side has no rows", () => {
  const { bins } = distributionOf({
    ...of({ kind: "number", edges: [] }, [0], [0]),
    current: { values: [0], missing: 0, other: 0 },
  });
  expect(bins.map(({ current }) => current)).toEqual([0, 0, 0]);
});

it.each([
  [0, "0"],
  [0.00012, "1.2e-4"],
  [0.5, "0.5"],
  [-1234.5, "-1.23k"],
  [987_654, "988k"],
  [1_500_000, "1.5M"],
  [2e9, "2bn"],
])("writes %d as %s", (value, text) => expect(shortNumber(value)).toBe(text));
