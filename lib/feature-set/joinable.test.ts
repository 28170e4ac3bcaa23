import { describe, expect, it } from "vitest";
import { type SmallTable, smallFeatureSet, smallRegistry } from "@/tests/support/small-mart";
import { joinable, type LeftKind, leftKinds, type RightKind, rightKind, rightKinds } from "./joinable";
import type { Cardinality } from "./plan";
import { resolveFeatureSet } from "./resolve";

/** Written out once more, so that a slip in the table itself is seen. */
const expected: [LeftKind, RightKind, Cardinality | null][] = [
  ["primary", "primary", "one_to_one"],
  ["primary", "unique", "one_to_one"],
  ["primary", "foreign", "aggregated"],
  ["primary", "versioned", "point_in_time"],
  ["unique", "primary", "one_to_one"],
  ["unique", "unique", "one_to_one"],
  ["unique", "foreign", "aggregated"],
  ["unique", "versioned", "point_in_time"],
  ["foreign", "primary", "many_to_one"],
  ["foreign", "unique", "many_to_one"],
  ["foreign", "foreign", null],
  ["foreign", "versioned", "point_in_time"],
  ["given", "primary", "many_to_one"],
  ["given", "unique", "many_to_one"],
  ["given", "foreign", "aggregated"],
  ["given", "versioned", "point_in_time"],
];

describe("pairs of keys", () => {
  it("are all in the table", () => {
    const pairs = leftKinds.flatMap((left) =>
      rightKinds.map((right) => [left, right, joinable[left][right]]),
    );
    expect(pairs).toEqual(expected);
  });

  it.each(expected)("%s to %s joins as %s", (left, right, cardinality) => {
    const registry = smallRegistry([spineTable(left), rightTable(right)]);
    const featureSet = smallFeatureSet("row", {
      spine:
        left === "given"
          ? {
              kind: "given",
              table: "ROWS",
              keys: [{ entity: "x", columns: ["x_id"] }],
              eventTime: "at",
              columns: [],
            }
          : { kind: "population", entity: "row", asOf: null },
      selections: [{ table: "RIGHT", features: ["v"] }],
    });
    const resolve = () => resolveFeatureSet(featureSet, registry);
    if (cardinality === null) expect(resolve).toThrow(expect.objectContaining({ code: "PATH_MISSING" }));
    else expect(resolve().joins[0]).toMatchObject({ cardinality, path: [{ cardinality }] });
  });
});

describe("what a key really is", () => {
  const table = (changes: Partial<SmallTable>) =>
    smallRegistry([{ ...rightTable("primary"), ...changes }]).tables[0] ?? expect.unreachable();
  const key = (kind: "primary" | "unique" | "foreign") => ({ kind, entity: "x", columns: ["x_id"] });

  it.each([
    ["a foreign key that is the grain names one row", { grain: ["x_id"] }, "foreign", false, "unique"],
    ["a primary key that is not the grain names many", { grain: ["x_id", "w"] }, "primary", false, "foreign"],
    ["a unique key beside the grain names one row", { grain: ["other"] }, "unique", false, "unique"],
    ["an event time makes versions", { grain: ["x_id"], eventTime: "at" }, "primary", false, "versioned"],
    [
      "key and event time are versions",
      { grain: ["x_id", "at"], eventTime: "at" },
      "foreign",
      false,
      "versioned",
    ],
    [
      "more than key and event time is finer",
      { grain: ["x_id", "at", "w"], eventTime: "at" },
      "foreign",
      false,
      "foreign",
    ],
    [
      "a created time alone counts for nothing",
      { grain: ["x_id"], createdTime: "at" },
      "primary",
      false,
      "primary",
    ],
    ["but under known-at it does", { grain: ["x_id"], createdTime: "at" }, "primary", true, "versioned"],
    ["and in the grain it does", { grain: ["x_id", "at"], createdTime: "at" }, "primary", false, "versioned"],
  ] as const)("%s", (_, changes, kind, knownAt, expectedKind) => {
    expect(rightKind(table({ ...changes, grain: [...changes.grain] }), key(kind), knownAt)).toBe(
      expectedKind,
    );
  });
});

function spineTable(left: LeftKind): SmallTable {
  const ownKey = { kind: "primary" as const, entity: "row", columns: ["id"] };
  return {
    name: "ROWS",
    entity: "row",
    kind: "entity",
    grain: ["id"],
    keys: left === "given" ? [ownKey] : [ownKey, { kind: left, entity: "x", columns: ["x_id"] }],
    columns: { id: "integer", x_id: "integer", at: "timestamp" },
    rows: [],
  };
}

function rightTable(right: RightKind): SmallTable {
  const versioned = right === "versioned";
  return {
    name: "RIGHT",
    entity: "x",
    grain: right === "foreign" ? ["w"] : versioned ? ["x_id", "at"] : ["x_id"],
    keys: [{ kind: versioned ? "foreign" : right, entity: "x", columns: ["x_id"] }],
    ...(versioned ? { eventTime: "at" } : {}),
    columns: { x_id: "integer", w: "integer", at: "timestamp", v: { type: "integer", aggregation: "sum" } },
    rows: [],
  };
}
