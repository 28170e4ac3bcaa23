import { expect } from "vitest";
import { AppError } from "@/lib/errors";
import { type FeatureSet, resolveFeatureSet } from "@/lib/feature-set";
import { type SmallTable, smallFeatureSet, smallRegistry } from "./small-mart";

export const table = (
  name: string,
  changes: Partial<SmallTable> & Pick<SmallTable, "grain" | "keys" | "columns">,
): SmallTable => ({
  name,
  rows: [],
  ...changes,
});
export const key = (
  kind: "primary" | "unique" | "foreign",
  entity: string,
  column: string,
  role?: string,
) => ({
  kind,
  entity,
  columns: [column],
  ...(role ? { role } : {}),
});

/** Flights as the spine: several roles, chains of entities, versions, a finer table, and tables that cannot be joined. */
export const tables: SmallTable[] = [
  table("FLIGHTS", {
    entity: "flight",
    kind: "entity",
    grain: ["flight_id"],
    keys: [
      key("primary", "flight", "flight_id"),
      key("foreign", "airport", "origin", "origin"),
      key("foreign", "airport", "dest", "dest"),
      key("foreign", "plane", "tailnum"),
    ],
    eventTime: "departs",
    columns: {
      flight_id: "integer",
      origin: "text",
      dest: "text",
      tailnum: "text",
      departs: "timestamp",
      distance: "integer",
      pilot_phone: { type: "text", pii: true },
    },
  }),
  table("AIRPORTS", {
    entity: "airport",
    kind: "entity",
    grain: ["faa"],
    keys: [key("primary", "airport", "faa"), key("foreign", "city", "city_id")],
    columns: { faa: "text", city_id: "integer", altitude: "integer", distance: "integer" },
  }),
  table("PLANES", {
    entity: "plane",
    kind: "entity",
    grain: ["tailnum"],
    keys: [key("primary", "plane", "tailnum"), key("foreign", "maker", "maker_id")],
    columns: { tailnum: "text", maker_id: "integer", seats: "integer" },
  }),
  table("MAKERS", {
    entity: "maker",
    kind: "entity",
    grain: ["maker_id"],
    keys: [key("primary", "maker", "maker_id"), key("foreign", "country", "country_id")],
    columns: { maker_id: "integer", country_id: "integer", founded: "integer" },
  }),
  table("COUNTRIES", {
    entity: "country",
    kind: "entity",
    grain: ["country_id"],
    keys: [key("primary", "country", "country_id"), key("foreign", "continent", "continent_id")],
    columns: { country_id: "integer", continent_id: "integer", gdp: "float" },
  }),
  table("CONTINENTS", {
    grain: ["continent_id"],
    keys: [key("primary", "continent", "continent_id")],
    columns: { continent_id: "integer", area: "float" },
  }),
  table("WEATHER", {
    grain: ["airport", "hour"],
    keys: [key("foreign", "airport", "airport")],
    eventTime: "hour",
    ttlSeconds: 7200,
    columns: { airport: "text", hour: "timestamp", temp: "float" },
  }),
  table("BAGS", {
    grain: ["bag_id"],
    keys: [key("primary", "bag", "bag_id"), key("foreign", "flight", "flight_id")],
    columns: {
      bag_id: "integer",
      flight_id: "integer",
      weight: { type: "float", aggregation: "sum" },
      price: { type: "float", aggregation: "mean_weighted", weight: "weight" },
      colour: "text",
      lost: "boolean",
      odd: { type: "text", aggregation: "sum" },
    },
  }),
  table("NO_GRAIN", {
    grain: [],
    keys: [key("primary", "plane", "tailnum")],
    columns: { tailnum: "text", v: "integer" },
  }),
  table("WRONG_TYPE", {
    grain: ["tailnum"],
    keys: [key("primary", "plane", "tailnum")],
    columns: { tailnum: "integer", v: "integer" },
  }),
  table("ISLAND", {
    grain: ["i"],
    keys: [key("primary", "island", "i")],
    columns: { i: "integer", v: "integer" },
  }),
];
export const registry = smallRegistry(tables);
export const flights = (changes: Partial<FeatureSet> = {}) => smallFeatureSet("flight", changes);
export const resolve = (changes: Partial<FeatureSet>) => resolveFeatureSet(flights(changes), registry);

export function errorOf(changes: Partial<FeatureSet>): AppError {
  try {
    resolve(changes);
  } catch (thrown) {
    if (thrown instanceof AppError) return thrown;
    throw thrown;
  }
  return expect.unreachable("no error");
}
