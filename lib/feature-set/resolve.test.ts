import { describe, expect, it } from "vitest";
import { errorOf, flights, key, registry, resolve, table, tables } from "@/tests/support/flight-registry";
import { smallFeatureSet, smallRegistry } from "@/tests/support/small-mart";
import { planHash } from "./hash";
import { resolveFeatureSet } from "./resolve";
import { type Filter, featureSetSchema } from "./schema";

describe("finer tables", () => {
  it("are aggregated by each feature's rule", () => {
    const plan = resolve({ selections: [{ table: "BAGS", features: ["weight", "price"] }] });
    expect(plan.joins[0]).toMatchObject({ cardinality: "aggregated", grain: ["bag_id"] });
    expect(plan.columns.filter(({ role }) => role === "feature")).toMatchObject([
      { name: "weight", aggregation: "sum", weight: null, type: "float" },
      { name: "price", aggregation: "mean_weighted", weight: "weight", type: "float" },
    ]);
  });

  it("ask where there is no rule, or one that does not fit the type", () => {
    const error = errorOf({ selections: [{ table: "BAGS", features: ["weight", "colour", "lost", "odd"] }] });
    expect(error.code).toBe("AGGREGATION_MISSING");
    expect(error.details).toEqual({
      table: "BAGS",
      features: ["colour", "lost", "odd"],
      rules: { colour: ["min", "max", "count"], lost: ["count", "flag_any"], odd: ["min", "max", "count"] },
    });
  });

  it("take the rule that was given", () => {
    const aggregation = { colour: "count", lost: "flag_any", weight: "max" } as const;
    const plan = resolve({
      selections: [{ table: "BAGS", features: ["colour", "lost", "weight"], aggregation }],
    });
    expect(plan.columns.slice(-3)).toMatchObject([
      { aggregation: "count", type: "integer" },
      { aggregation: "flag_any", type: "boolean" },
      { aggregation: "max", type: "float" },
    ]);
  });

  it("have no latest row without an event time", () => {
    const error = errorOf({
      selections: [{ table: "BAGS", features: ["colour"], aggregation: { colour: "latest" } }],
    });
    expect(error.code).toBe("AGGREGATION_MISSING");
  });
});

describe("names", () => {
  it("that occur twice are an error naming both tables", () => {
    const selections = [
      { table: "FLIGHTS", features: ["distance"] },
      { table: "AIRPORTS", features: ["distance"], path: "dest" },
    ];
    const error = errorOf({ selections });
    expect(error).toMatchObject({
      code: "DUPLICATE_FEATURE",
      details: { feature: "distance", tables: ["FLIGHTS", "AIRPORTS"] },
    });
    expect(error.message).toMatch(/^Duplicate features named distance: in FLIGHTS and AIRPORTS\./);
    const full = resolve({ selections, names: "full" });
    expect(full.columns.slice(-2).map(({ name }) => name)).toEqual([
      "FLIGHTS__distance",
      "AIRPORTS__distance",
    ]);
  });

  it("of a feature and of a key are two as well, whatever their case", () => {
    const shouting = table("SHOUT", {
      grain: ["tailnum"],
      keys: [key("primary", "plane", "tailnum")],
      columns: { tailnum: "text", DEPARTS: "integer" },
    });
    const featureSet = flights({ selections: [{ table: "SHOUT", features: ["DEPARTS"] }] });
    expect(() => resolveFeatureSet(featureSet, smallRegistry([...tables, shouting]))).toThrow(
      "Duplicate features named DEPARTS: in FLIGHTS (time of the rows) and SHOUT",
    );
  });

  it("of one feature listed twice are two", () => {
    expect(errorOf({ selections: [{ table: "PLANES", features: ["seats", "seats"] }] }).code).toBe(
      "DUPLICATE_FEATURE",
    );
  });

  it("come from the alias where one table is selected twice", () => {
    const selections = [
      { table: "AIRPORTS", features: ["altitude"], path: "origin", alias: "from" },
      { table: "AIRPORTS", features: ["altitude"], path: "dest", alias: "to" },
    ];
    const plan = resolve({ selections, names: "full" });
    expect(plan.columns.slice(-2).map(({ name, join }) => [name, join])).toEqual([
      ["from__altitude", "j1"],
      ["to__altitude", "j2"],
    ]);
  });

  it("of two selections may not be the same", () => {
    const selections = [
      { table: "PLANES", features: ["seats"] },
      { table: "PLANES", features: ["maker_id"] },
    ];
    expect(errorOf({ selections }).message).toContain("PLANES is selected twice");
  });

  it("that nobody knows are an error with the nearest ones", () => {
    expect(errorOf({ selections: [{ table: "PLANE", features: ["seats"] }] })).toMatchObject({
      code: "TABLE_UNKNOWN",
      details: { suggestions: ["PLANES"] },
    });
    expect(errorOf({ selections: [{ table: "PLANES", features: ["seat"] }] })).toMatchObject({
      code: "FEATURE_UNKNOWN",
      details: { suggestions: ["seats"] },
    });
    expect(() => resolveFeatureSet(smallFeatureSet("fligt"), registry, { allowEmpty: true })).toThrow(
      "No table lists every fligt. Did you mean flight?",
    );
  });
});

describe("the spine", () => {
  it("has its own event time, or one instant where a join needs one", () => {
    const weather = { table: "WEATHER", features: ["temp"] };
    expect(resolve({ selections: [{ ...weather, path: "dest" }] }).spine.time).toEqual({
      column: "departs",
      type: "timestamp",
    });
    const airports = (asOf: string | null) =>
      resolveFeatureSet(
        smallFeatureSet("airport", {
          spine: { kind: "population", entity: "airport", asOf },
          selections: [weather],
        }),
        registry,
      ).spine.time;
    expect(airports(null)).toEqual({ instant: registry.asOf });
    expect(airports("2025-06-01T00:00:00Z")).toEqual({ instant: "2025-06-01T00:00:00Z" });
  });

  it("has no time where nothing needs it", () => {
    const plan = resolveFeatureSet(
      smallFeatureSet("airport", { selections: [{ table: "AIRPORTS", features: ["altitude"] }] }),
      registry,
    );
    expect(plan.spine.time).toBeNull();
    expect(plan.joins).toEqual([]);
    expect(plan.columns.map(({ name, role, join }) => [name, role, join])).toEqual([
      ["faa", "key", null],
      ["altitude", "feature", null],
    ]);
  });

  it("tells which tables cannot be held to the rows' time, the rows' own among them", () => {
    const { notes } = resolve({
      selections: [
        { table: "FLIGHTS", features: ["distance"] },
        { table: "PLANES", features: ["seats"] },
      ],
    });
    expect(notes).toEqual([
      "Only tables with an event time can be seen as of each row's departs. As they stand at v2026.01, whatever they tell of later: FLIGHTS (the rows themselves), PLANES.",
    ]);
  });

  it("tells it too for a date before the mart's own", () => {
    const notes = (asOf: string | null) =>
      resolve({
        spine: { kind: "population", entity: "airport", asOf },
        selections: [{ table: "AIRPORTS", features: ["altitude"] }],
      }).notes;
    expect(notes("2020-06-01T00:00:00Z")).toEqual([
      expect.stringMatching(/as of 2020-06-01T00:00:00Z\. As they stand .*AIRPORTS \(the rows themselves\)/),
    ]);
    expect(notes(null)).toEqual([]);
    expect(notes(registry.asOf)).toEqual([]);
  });

  it("says so when the time asked for is not used", () => {
    const spine = { kind: "population", entity: "flight", asOf: "2025-06-01T00:00:00Z" } as const;
    expect(resolve({ spine, selections: [{ table: "PLANES", features: ["seats"] }] }).notes).toContainEqual(
      "Each row of FLIGHTS has its own time, departs; the time 2025-06-01T00:00:00Z was not used.",
    );
  });

  it("given without a time cannot look at tables that change", () => {
    const spine = {
      kind: "given" as const,
      table: "mine",
      keys: [{ entity: "airport", columns: ["code"] }],
      eventTime: null,
      columns: [],
    };
    const featureSet = flights({ spine, selections: [{ table: "WEATHER", features: ["temp"] }] });
    const spineColumns = [{ name: "code", type: "text" as const }];
    expect(() => resolveFeatureSet(featureSet, registry, { spineColumns })).toThrow("have no time");
    const still = { ...featureSet, selections: [{ table: "AIRPORTS", features: ["altitude"] }] };
    expect(resolveFeatureSet(still, registry, { spineColumns }).spine.time).toBeNull();
  });

  it("tells when a date hides what was only known at the end of its day", () => {
    const daily = table("DAILY", {
      grain: ["tailnum", "day"],
      keys: [key("foreign", "plane", "tailnum")],
      eventTime: "day",
      columns: { tailnum: "text", day: "date", hours: "float" },
    });
    const notes = (delaySeconds: number) =>
      resolveFeatureSet(
        flights({ selections: [{ table: "DAILY", features: ["hours"], delaySeconds }] }),
        smallRegistry([...tables, daily]),
      ).notes;
    expect(notes(0)).toEqual([expect.stringContaining("DAILY.day is a date")]);
    expect(notes(86_400)).toEqual([]);
  });

  it("tells a delay that nothing can be delayed by", () => {
    const plan = resolve({ selections: [{ table: "PLANES", features: ["seats"], delaySeconds: 3600 }] });
    expect(plan.notes).toContainEqual(
      "PLANES has no event time: its values are taken as true at any time, without delay or expiry.",
    );
  });
});

describe("filters", () => {
  const selections = [{ table: "PLANES", features: ["seats"] }];
  const seats: Filter = { table: "PLANES", column: "seats", operator: "gte", values: [100] };

  it("use the join that is there, or one that only filters", () => {
    const founded: Filter = { table: "MAKERS", column: "founded", operator: "lt", values: [1950] };
    const plan = resolve({
      selections,
      filters: [seats, founded, { ...founded, operator: "is_not_null", values: [] }],
    });
    expect(plan.spine.filters.map(({ join }) => join)).toEqual(["j1", "j2", "j2"]);
    expect(plan.joins.map(({ table: name, filterOnly }) => [name, filterOnly])).toEqual([
      ["PLANES", false],
      ["MAKERS", true],
    ]);
  });

  it("name the alias where a table is joined twice", () => {
    const twice = ["origin", "dest"].map((path) => ({
      table: "AIRPORTS",
      features: ["altitude"],
      path,
      alias: path,
    }));
    const high = { column: "altitude", operator: "gt" as const, values: [1000] };
    const set = { selections: twice, names: "full" as const };
    expect(errorOf({ ...set, filters: [{ table: "AIRPORTS", ...high }] }).message).toContain("origin, dest");
    expect(resolve({ ...set, filters: [{ table: "dest", ...high }] }).spine.filters[0]?.join).toBe("j2");
    const third = resolve({ selections, filters: [{ table: "AIRPORTS", path: "dest", ...high }] });
    expect(third.joins[1]).toMatchObject({
      table: "AIRPORTS",
      filterOnly: true,
      path: [{ from: { columns: ["dest"] } }],
    });
  });

  it("of finer tables compare what was aggregated", () => {
    const colours: Filter = { table: "BAGS", column: "colour", operator: "gt", values: [2] };
    expect(errorOf({ selections, filters: [colours] }).code).toBe("AGGREGATION_MISSING");
    const plan = resolve({ selections, filters: [{ ...colours, aggregation: "count" }] });
    expect(plan.spine.filters[0]).toMatchObject({ type: "integer", appliedRule: "count" });
  });

  it("have values of the column's type", () => {
    expect(errorOf({ selections, filters: [{ ...seats, values: ["many"] }] }).code).toBe(
      "FEATURE_SET_INVALID",
    );
  });
});

describe("locks", () => {
  it("let no personal data in once they are ruled out", () => {
    const selections = [{ table: "FLIGHTS", features: ["distance", "pilot_phone"] }];
    expect(resolve({ selections }).columns.at(-1)?.name).toBe("pilot_phone");
    const error = errorOf({ selections, excludePii: true });
    expect(error).toMatchObject({ code: "FEATURE_SET_INVALID", details: { pii: ["FLIGHTS.pilot_phone"] } });
  });

  it("hold a feature set to its mart and stamp", () => {
    expect(errorOf({ stamp: "v2025.01" }).code).toBe("FEATURE_SET_INVALID");
    expect(errorOf({ mart: "other" }).code).toBe("FEATURE_SET_INVALID");
  });

  it("ask for features", () => expect(errorOf({}).code).toBe("FEATURE_SET_EMPTY"));
});

describe("a plan", () => {
  it("is the same for the same feature set, whatever the order of the registry", () => {
    const featureSet = flights({
      selections: [
        { table: "COUNTRIES", features: ["gdp"] },
        { table: "WEATHER", features: ["temp"], path: "origin" },
      ],
    });
    const backwards = smallRegistry([...tables].reverse());
    expect(planHash(resolveFeatureSet(featureSet, backwards))).toBe(
      planHash(resolveFeatureSet(featureSet, registry)),
    );
    expect(featureSetSchema.parse(featureSet)).toEqual(featureSet);
  });
});
