import fc from "fast-check";
import type { FeatureSet, Filter } from "@/lib/feature-set";
import { type SmallTable, smallFeatureSet } from "./small-mart";

/** Few keys, few hours and many NULLs, so that ties, duplicates, gaps and dangling keys are the rule. */
export type GeneratedRow = Record<string, number | boolean | string | null>;
export type GeneratedMart = Record<TableName, GeneratedRow[]>;
export type TableName = keyof typeof tables;

const integer = { type: "integer" } as const;
const since = (column: string) => ({ ...integer, derived: { kind: "years_since", column } }) as const;

/** Every cardinality once: the same grain, coarser by one and two hops, versions near and far, finer with and without time. */
export const tables = {
  SELLERS: {
    entity: "seller",
    kind: "entity",
    grain: ["seller_id"],
    keys: [
      { kind: "primary", entity: "seller", columns: ["seller_id"] },
      { kind: "foreign", entity: "city", columns: ["city_id"] },
    ],
    columns: { seller_id: "integer", city_id: "integer", own: "integer" },
  },
  GIVEN: {
    grain: [],
    keys: [],
    unregistered: true,
    columns: { seller_id: "integer", city_id: "integer", ts: "timestamp", label: "integer" },
  },
  GEO: {
    grain: ["seller_id"],
    keys: [{ kind: "primary", entity: "seller", columns: ["seller_id"] }],
    columns: { seller_id: "integer", g1: "integer", g2: "float" },
  },
  CITIES: {
    entity: "city",
    kind: "entity",
    grain: ["city_id"],
    keys: [
      { kind: "primary", entity: "city", columns: ["city_id"] },
      { kind: "foreign", entity: "region", columns: ["region_id"] },
    ],
    columns: {
      city_id: "integer",
      region_id: "integer",
      c1: "integer",
      c_year: "integer",
      c_age: since("c_year"),
    },
  },
  REGIONS: {
    grain: ["region_id"],
    keys: [{ kind: "primary", entity: "region", columns: ["region_id"] }],
    columns: { region_id: "integer", r1: "integer" },
  },
  TREND: {
    grain: ["seller_id", "hour"],
    keys: [{ kind: "foreign", entity: "seller", columns: ["seller_id"] }],
    eventTime: "hour",
    createdTime: "written",
    ttlSeconds: 3 * 3600,
    columns: {
      seller_id: "integer",
      hour: "timestamp",
      written: "timestamp",
      t1: "integer",
      t2: "integer",
      t_year: "integer",
      t_age: since("t_year"),
    },
  },
  CITY_STATS: {
    grain: ["city_id", "hour"],
    keys: [{ kind: "foreign", entity: "city", columns: ["city_id"] }],
    eventTime: "hour",
    columns: { city_id: "integer", hour: "timestamp", s1: "integer" },
  },
  REGION_STATS: {
    grain: ["region_id", "hour"],
    keys: [{ kind: "foreign", entity: "region", columns: ["region_id"] }],
    eventTime: "hour",
    columns: { region_id: "integer", hour: "timestamp", q1: "integer" },
  },
  LISTINGS: {
    grain: ["listing_id"],
    keys: [
      { kind: "primary", entity: "listing", columns: ["listing_id"] },
      { kind: "foreign", entity: "seller", columns: ["seller_id"] },
    ],
    columns: {
      listing_id: "integer",
      seller_id: "integer",
      l_sum: { ...integer, aggregation: "sum" },
      l_min: { ...integer, aggregation: "min" },
      l_max: { ...integer, aggregation: "max" },
      l_mean: { ...integer, aggregation: "mean" },
      l_weighted: { ...integer, aggregation: "mean_weighted", weight: "l_weight" },
      l_weight: integer,
      l_count: { ...integer, aggregation: "count" },
      l_flag: { type: "boolean", aggregation: "flag_any" },
      l_year: integer,
      l_age: { ...since("l_year"), aggregation: "mean" },
    },
  },
  EVENTS: {
    grain: ["event_id"],
    keys: [
      { kind: "primary", entity: "event", columns: ["event_id"] },
      { kind: "foreign", entity: "seller", columns: ["seller_id"] },
    ],
    eventTime: "hour",
    createdTime: "written",
    ttlSeconds: 3 * 3600,
    columns: {
      event_id: "integer",
      seller_id: "integer",
      hour: "timestamp",
      written: "timestamp",
      e_sum: { ...integer, aggregation: "sum" },
      e_count: { ...integer, aggregation: "count" },
      e_latest: { ...integer, aggregation: "latest" },
      e_flag: { type: "boolean", aggregation: "latest" },
      e_year: integer,
      e_age: { ...since("e_year"), aggregation: "max" },
    },
  },
} satisfies Record<string, Omit<SmallTable, "name" | "rows">>;

/** The features that the tests select, by table. */
export const selected = {
  GEO: ["g1", "g2"],
  CITIES: ["c1", "c_age"],
  REGIONS: ["r1"],
  TREND: ["t1", "t2", "t_age"],
  CITY_STATS: ["s1"],
  REGION_STATS: ["q1"],
  LISTINGS: ["l_sum", "l_min", "l_max", "l_mean", "l_weighted", "l_count", "l_flag", "l_age"],
  EVENTS: ["e_sum", "e_count", "e_latest", "e_flag", "e_age"],
} satisfies Partial<Record<TableName, string[]>>;

export function smallTables(mart: GeneratedMart): SmallTable[] {
  return Object.entries(tables).map(([name, table]) => ({
    ...(table as Omit<SmallTable, "name" | "rows">),
    name,
    rows: mart[name as TableName],
  }));
}

const key = fc.option(fc.integer({ min: 1, max: 4 }), { freq: 6 });
/** The hours around a new year. */
const hourOf = (hours: number) =>
  new Date(Date.UTC(2025, 11, 31, 21 + hours)).toISOString().replace(".000", "");
const hour = fc.option(fc.integer({ min: 0, max: 6 }).map(hourOf), { freq: 6 });
const year = fc.constantFrom(null, 0, 2023, 2024, 2025, 2026, 2027);
const value = fc.option(fc.integer({ min: -2, max: 2 }), { freq: 4 });
const id = fc.option(fc.integer({ min: 1, max: 40 }), { freq: 8 });
const flag = fc.option(fc.boolean(), { freq: 3 });
/** Rows that differ in `unique`, unless its first column is unknown. */
const rows = (model: Record<string, fc.Arbitrary<GeneratedRow[string]>>, unique: string[], maxLength = 10) =>
  fc.uniqueArray(fc.record(model), {
    maxLength,
    selector: (row) =>
      row[unique[0] ?? ""] === null ? {} : JSON.stringify(unique.map((column) => row[column])),
  }) as fc.Arbitrary<GeneratedRow[]>;

export const generatedMart: fc.Arbitrary<GeneratedMart> = fc.record({
  SELLERS: fc.array(fc.record({ seller_id: key, city_id: key, own: value }), { minLength: 1, maxLength: 8 }),
  GIVEN: fc.array(fc.record({ seller_id: key, city_id: key, ts: hour, label: value }), {
    minLength: 1,
    maxLength: 12,
  }),
  GEO: rows({ seller_id: key, g1: value, g2: value }, ["seller_id"]),
  CITIES: rows({ city_id: key, region_id: key, c1: value, c_year: year }, ["city_id"]),
  REGIONS: rows({ region_id: key, r1: value }, ["region_id"]),
  TREND: fc.array(fc.record({ seller_id: key, hour, written: hour, t1: value, t2: value, t_year: year }), {
    maxLength: 16,
  }),
  CITY_STATS: fc.array(fc.record({ city_id: key, hour, s1: value }), { maxLength: 10 }),
  REGION_STATS: fc.array(fc.record({ region_id: key, hour, q1: value }), { maxLength: 10 }),
  LISTINGS: rows(
    {
      listing_id: id,
      seller_id: key,
      l_sum: value,
      l_min: value,
      l_max: value,
      l_mean: value,
      l_weighted: value,
      l_weight: fc.option(fc.integer({ min: 0, max: 2 }), { freq: 4 }),
      l_count: value,
      l_flag: flag,
      l_year: year,
    },
    ["listing_id"],
  ),
  EVENTS: rows(
    {
      event_id: fc.option(fc.integer({ min: 1, max: 8 }), { freq: 8 }),
      seller_id: key,
      hour,
      written: hour,
      e_sum: value,
      e_count: value,
      e_latest: value,
      e_flag: flag,
      e_year: year,
    },
    ["event_id", "written"],
    14,
  ),
});

const filters: fc.Arbitrary<Filter[]> = fc.subarray<Filter>(
  [
    { table: "CITIES", column: "c1", operator: "gte", values: [0] },
    { table: "CITIES", column: "c_age", operator: "lte", values: [1] },
    { table: "LISTINGS", column: "l_age", operator: "gt", values: [0] },
    { table: "GEO", column: "g1", operator: "in", values: [0, 1, 2] },
    { table: "REGIONS", column: "r1", operator: "is_not_null", values: [] },
    { table: "TREND", column: "t1", operator: "not_in", values: [1] },
    { table: "LISTINGS", column: "l_count", operator: "lte", values: [1] },
    { table: "CITY_STATS", column: "s1", operator: "between", values: [-1, 2] },
    { table: "EVENTS", column: "e_latest", operator: "is_null", values: [] },
  ],
  { maxLength: 2 },
);

/** Every table selected, over either spine, under any alignment and sometimes under filters. */
export const generatedFeatureSet: fc.Arbitrary<FeatureSet> = fc
  .record({
    given: fc.boolean(),
    asOf: fc.integer({ min: 0, max: 6 }),
    filters: fc.oneof({ weight: 2, arbitrary: fc.constant<Filter[]>([]) }, { weight: 1, arbitrary: filters }),
    alignment: fc.record({
      boundary: fc.constantFrom("inclusive" as const, "exclusive" as const),
      knownAt: fc.boolean(),
      delaySeconds: fc.constantFrom(0, 0, 3600),
    }),
  })
  .map(({ given, asOf, filters: chosen, alignment }) =>
    smallFeatureSet("seller", {
      spine: given
        ? {
            kind: "given",
            table: "GIVEN",
            keys: [
              { entity: "seller", columns: ["seller_id"] },
              { entity: "city", columns: ["city_id"] },
            ],
            eventTime: "ts",
            columns: ["label"],
          }
        : { kind: "population", entity: "seller", asOf: hourOf(asOf) },
      filters: chosen,
      alignment,
      selections: Object.entries(selected).map(([table, features]) => ({ table, features })),
    }),
  );
