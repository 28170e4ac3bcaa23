import { describe, expect, it } from "vitest";
import type { Feature, Registry } from "@/lib/registry/types";
import { smallFeatureSet, smallRegistry } from "@/tests/support/small-mart";
import { type FeatureSet, resolveFeatureSet } from "./index";

const registry = smallRegistry([
  {
    name: "planes",
    entity: "plane",
    kind: "entity",
    grain: ["tailnum"],
    keys: [{ kind: "primary", entity: "plane", columns: ["tailnum"] }],
    columns: {
      tailnum: "text",
      year: "integer",
      age: { type: "integer", derived: { kind: "years_since", column: "year" } },
    },
    rows: [],
  },
]);
const changed = (name: string, change: Partial<Feature>): Registry => ({
  ...registry,
  features: registry.features.map((one) => (one.name === name ? { ...one, ...change } : one)),
});
const ages = smallFeatureSet("plane", { selections: [{ table: "planes", features: ["age"] }] });

it("plans a computed feature beside the stored column it comes from, at the rows' time", () => {
  const { columns, spine } = resolveFeatureSet(ages, registry);
  expect(spine.time).toEqual({ instant: "2026-01-01T00:00:00Z" });
  expect(columns.map(({ source, derived }) => [source.column, derived])).toEqual([
    ["tailnum", undefined],
    ["age", { kind: "years_since", column: "year" }],
  ]);
});

describe("what cannot be right is refused", () => {
  const given = (changes: object): FeatureSet => ({
    ...ages,
    spine: {
      kind: "given",
      table: "planes",
      keys: [{ entity: "plane", columns: ["tailnum"] }],
      eventTime: null,
      columns: [],
      ...changes,
    },
  });

  it.each([
    ["as a key", { keys: [{ entity: "plane", columns: ["age"] }] }, "it cannot be a key. Name year instead."],
    ["as the order of given rows", { order: "age" }, "it cannot be their order. Name year instead."],
    ["as the time of given rows", { eventTime: "age" }, "named as the rows' time but holds integer"],
    ["without any time", {}, "have no time, and what is asked for changes over time"],
  ])("%s", (_, changes, sentence) => {
    expect(() => resolveFeatureSet(given(changes), registry)).toThrow(sentence);
  });

  it.each([
    ["tailnum", "planes.age counts the years since planes.tailnum, so both have to be whole numbers"],
    ["age", "age a stored column"],
    ["nowhere", "planes has no feature nowhere"],
  ])("where the registry counts from %s", (column, sentence) => {
    const wrong = changed("age", { derived: { kind: "years_since", column } });
    expect(() => resolveFeatureSet(ages, wrong)).toThrow(sentence);
  });

  it("where the registry says that it is no whole number", () => {
    expect(() => resolveFeatureSet(ages, changed("age", { type: "float" }))).toThrow("whole numbers");
  });

  it("where personal data were ruled out and the year is personal", () => {
    const personal = changed("year", { pii: true });
    expect(() => resolveFeatureSet({ ...ages, excludePii: true }, personal)).toThrow(
      "planes.age is personal",
    );
    expect(() => resolveFeatureSet(ages, personal)).not.toThrow();
  });
});
