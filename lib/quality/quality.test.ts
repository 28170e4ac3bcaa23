import { describe, expect, it } from "vitest";
import { resolveFeatureSet } from "@/lib/feature-set";
import { smallFeatureSet, smallRegistry } from "@/tests/support/small-mart";
import { assembleReport, filterReports } from "./index";

const plan = resolveFeatureSet(
  smallFeatureSet("s", {
    selections: [
      { table: "G", features: ["a", "b"] },
      { table: "S", features: ["own"] },
    ],
    filters: [{ table: "S", column: "own", operator: "between", values: [1, 5] }],
  }),
  smallRegistry([
    {
      name: "S",
      entity: "s",
      kind: "entity",
      grain: ["id"],
      keys: [{ kind: "primary", entity: "s", columns: ["id"] }],
      columns: { id: "integer", own: "integer" },
      rows: [],
    },
    {
      name: "G",
      grain: ["id"],
      keys: [{ kind: "primary", entity: "s", columns: ["id"] }],
      columns: { id: "integer", a: "integer", b: "integer" },
      rows: [],
    },
  ]),
);
const audit = { rid: "rid", repeated: "repeated", joins: [{ join: "j1", matched: "m", ties: "t" }] };
const seconds = { probes: 0, write: 0, total: 0 };

const report = (rows: number, nulls: Record<string, number>, duplicates = 0) =>
  assembleReport(
    plan,
    {
      rows,
      columns: Object.entries(nulls).map(([name, nullCount]) => ({ name, type: "integer", nullCount })),
    },
    audit,
    { rightDuplicates: new Map([["j1", duplicates]]), filters: [] },
    seconds,
  );

describe("a report", () => {
  it("is read off null counts", () => {
    expect(report(1000, { id: 0, a: 10, b: 250, own: 0, rid: 0, repeated: 997, m: 1, t: 1000 }, 2)).toEqual({
      rows: 1000,
      features: 3,
      columns: 4,
      duplicateKeys: 3,
      joins: [
        {
          join: "j1",
          table: "G",
          alias: "G",
          cardinality: "one_to_one",
          via: "S.id = G.id",
          matched: 999,
          rate: 0.999,
          rightDuplicates: 2,
          ties: 0,
        },
      ],
      nulls: [
        { column: "b", table: "G", nulls: 250, rate: 0.25 },
        { column: "a", table: "G", nulls: 10, rate: 0.01 },
        { column: "own", table: "S", nulls: 0, rate: 0 },
      ],
      filters: [],
      warnings: [
        "3 rows repeat the key (and time) of a row before. All are kept.",
        "G holds 2 rows more than its grain allows. They did not multiply anything.",
      ],
      seconds,
    });
  });

  it("warns of joins that matched little, never rounding up to all", () => {
    const low = report(100_000, { a: 99_999, b: 0, own: 0, m: 20_001, repeated: 100_000, t: 100_000 });
    expect(low.warnings).toEqual([
      "G matched only 79.9% of the rows (79,999 of 100,000); the others have no values of it.",
    ]);
    const none = report(10, { a: 10, b: 10, own: 0, m: 10, repeated: 10, t: 9 });
    expect(none.warnings).toEqual([
      "G matched no row: all its columns are empty.",
      "G: for 1 row several values have the same time. The greatest was taken, the same in every run.",
    ]);
  });

  it("counts a column that the file lacks as empty", () => {
    expect(report(5, { m: 0, repeated: 5, t: 5, b: 0, own: 0 }).nulls[0]).toMatchObject({
      column: "a",
      nulls: 5,
      rate: 1,
    });
  });
});

it("a filter's report says what it was", () => {
  expect(filterReports(plan, [9, 4, 4, 1])).toEqual([
    { label: "S.own between 1 and 5", kept: 4, unknown: 1, population: 9 },
  ]);
});
