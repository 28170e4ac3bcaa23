import { describe, expect, it } from "vitest";
import { errorOf, flights, key, resolve, table, tables } from "@/tests/support/flight-registry";
import { smallFeatureSet, smallRegistry } from "@/tests/support/small-mart";
import type { PathOption } from "./plan";
import { resolveFeatureSet } from "./resolve";

describe("paths", () => {
  it("lead over as many as three hops", () => {
    const plan = resolve({ selections: [{ table: "COUNTRIES", features: ["gdp"] }] });
    expect(plan.joins[0]).toMatchObject({
      cardinality: "many_to_one",
      path: [
        { from: { table: "FLIGHTS", columns: ["tailnum"] }, to: { table: "PLANES" } },
        { from: { table: "PLANES", columns: ["maker_id"] }, to: { table: "MAKERS" } },
        { from: { table: "MAKERS", columns: ["country_id"] }, to: { table: "COUNTRIES" } },
      ],
    });
  });

  it("end there", () => {
    const error = errorOf({ selections: [{ table: "CONTINENTS", features: ["area"] }] });
    expect(error).toMatchObject({ code: "PATH_MISSING", details: { table: "CONTINENTS", entity: "flight" } });
  });

  it("that do not exist are an error with the table and the spine's entity", () => {
    expect(errorOf({ selections: [{ table: "ISLAND", features: ["v"] }] }).message).toBe(
      "No join path leads from flight (FLIGHTS) to ISLAND, which has keys of island.",
    );
  });

  it("that are equally good are asked about, by their roles", () => {
    const error = errorOf({ selections: [{ table: "WEATHER", features: ["temp"] }] });
    expect(error.code).toBe("PATH_AMBIGUOUS");
    expect(error.details.options).toEqual([
      expect.objectContaining({ id: "dest", label: "dest (FLIGHTS.dest → WEATHER.airport)" }),
      expect.objectContaining({ id: "origin", label: "origin (FLIGHTS.origin → WEATHER.airport)" }),
    ] satisfies Partial<PathOption>[]);
  });

  it("that were chosen are taken", () => {
    const plan = resolve({
      selections: [{ table: "WEATHER", features: ["temp"], path: "origin", delaySeconds: 3600 }],
    });
    expect(plan.joins[0]).toMatchObject({
      cardinality: "point_in_time",
      path: [{ from: { columns: ["origin"] } }],
      time: { event: "hour", created: null, ttlSeconds: 7200, delaySeconds: 3600 },
    });
  });

  it("that were chosen but do not exist are an error", () => {
    expect(errorOf({ selections: [{ table: "WEATHER", features: ["temp"], path: "layover" }] }).message).toBe(
      "There is no path layover to WEATHER. There is: dest, origin.",
    );
  });

  it("go through entities' own tables before others", () => {
    const detour = table("FLIGHT_PLANES", {
      grain: ["flight_id"],
      keys: [key("primary", "flight", "flight_id"), key("foreign", "maker", "maker_id")],
      columns: { flight_id: "integer", maker_id: "integer" },
    });
    const plan = resolveFeatureSet(
      flights({ selections: [{ table: "MAKERS", features: ["founded"] }] }),
      smallRegistry([...tables, detour]),
    );
    expect(plan.joins[0]?.path[0]?.to.table).toBe("PLANES");
  });

  it("match composite keys as a whole, in order", () => {
    const composite = (name: string, kind: "entity" | "feature", columns: string[]) =>
      table(name, {
        entity: "route",
        kind,
        grain: columns,
        keys: [{ kind: "primary", entity: "route", columns }],
        columns: {
          ...Object.fromEntries(columns.map((column) => [column, "text" as const])),
          [`${name}_v`]: "integer",
        },
      });
    const plan = resolveFeatureSet(
      smallFeatureSet("route", { selections: [{ table: "DELAYS", features: ["DELAYS_v"] }] }),
      smallRegistry([
        composite("ROUTES", "entity", ["from", "to"]),
        composite("DELAYS", "feature", ["a", "b"]),
      ]),
    );
    expect(plan.joins[0]?.path[0]).toMatchObject({
      from: { columns: ["from", "to"] },
      to: { columns: ["a", "b"] },
    });
  });

  it("of keys with different types are an error that names table and key", () => {
    const error = errorOf({ selections: [{ table: "WRONG_TYPE", features: ["v"] }] });
    expect(error.code).toBe("KEY_TYPE_MISMATCH");
    expect(error.message).toContain("key type mismatch WRONG_TYPE.tailnum");
  });

  it("never lead to a table without a declared grain", () => {
    expect(errorOf({ selections: [{ table: "NO_GRAIN", features: ["v"] }] }).code).toBe("GRAIN_UNDECLARED");
  });
});
