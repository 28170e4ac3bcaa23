import type { FeatureSet, Selection } from "@/lib/feature-set";
import type { Registry } from "@/lib/registry";

interface Writer {
  registry: Registry;
  of(set: Partial<FeatureSet>): FeatureSet;
  some(table: string, count: number, more?: Partial<Selection>): Selection;
}

const sellers = { kind: "population", entity: "seller", asOf: null } as const;

/** Over the demo mart's core tables; between them they use every kind of join, time, filter and rule. */
const sets: Record<string, (writer: Writer) => FeatureSet> = {
  "the same grain": ({ of, some }) =>
    of({
      selections: [some("SELLER_GEO_FEATURES", 40), some("SELLER_ENGAGEMENT_FEATURES", 40)],
    }),
  "a coarser table, filtered by a city's name": ({ of, some }) =>
    of({
      filters: [{ table: "CITIES", column: "CITY_NAME", operator: "in", values: ["Mumbai", "Pune"] }],
      selections: [some("CITY_DEMOGRAPHICS_FEATURES", 30), some("SELLERS", 9)],
    }),
  "two tables by way of the area": ({ of, some }) =>
    of({
      selections: [some("LLM_LOCATION_FEATURES", 20), some("PROPERTY_MARKET_FEATURES", 20)],
      filters: [{ table: "SELLERS", column: "ONBOARDED_ON", operator: "gte", values: ["2024-01-01"] }],
    }),
  "a finer table over time, by its own rules": ({ of, some }) =>
    of({
      selections: [some("MARKETING_ENGAGEMENT_FEATURES", 99)],
      filters: [{ table: "SELLERS", column: "IS_VERIFIED", operator: "in", values: [true] }],
    }),
  "finer rows counted, and filtered by how many": ({ of, some, registry }) =>
    of({
      selections: [some("LISTINGS", 99, { aggregation: rules(registry, "LISTINGS") })],
      filters: [
        {
          ...{ table: "LISTINGS", column: "LISTING_ID", operator: "gt", values: [3] },
          aggregation: "count",
        },
      ],
    }),
  "a point in time, exclusive, an hour late": ({ of, some }) =>
    of({
      spine: { ...sellers, asOf: "2026-08-15T12:00:00Z" },
      selections: [some("SELLER_TREND_FEATURES", 40)],
      alignment: { boundary: "exclusive", knownAt: true, delaySeconds: 3600 },
    }),
  "a point in time, whenever it was written, and never too old": ({ of, some }) =>
    of({
      spine: { ...sellers, asOf: "2026-10-02T00:00:00+05:30" },
      selections: [some("SELLER_TREND_FEATURES", 20, { ttlSeconds: null })],
      alignment: { boundary: "inclusive", knownAt: false, delaySeconds: 0 },
    }),
  "given rows, each with its own time": ({ of, some }) =>
    of({
      spine: {
        ...{ kind: "given", table: "MARKETING_ENGAGEMENT_FEATURES", eventTime: "LAST_SENT_AT" },
        // A service keeps no order of a table's rows.
        order: "LAST_SENT_AT",
        keys: [{ entity: "seller", columns: ["SELLER_ID"] }],
        columns: ["CAMPAIGN_ID", "message_cost", "has_opted_out", "campaign_name"],
      },
      selections: [some("SELLER_TREND_FEATURES", 15), some("SELLER_GEO_FEATURES", 5)],
    }),
  "listings with their seller's and city's features, under full names": ({ of, some }) =>
    of({
      spine: { kind: "population", entity: "listing", asOf: null },
      filters: [
        {
          ...{ table: "LISTINGS", column: "LISTED_AT", operator: "between" },
          values: ["2026-01-01", "2026-09-30"],
        },
        { table: "LISTINGS", column: "IS_BOOSTED", operator: "is_not_null", values: [] },
      ],
      selections: [some("LISTINGS", 99), some("SELLER_GEO_FEATURES", 10), some("CITIES", 4)],
      names: "full",
    }),
  "areas that are not in some cities": ({ of, some }) =>
    of({
      spine: { kind: "population", entity: "area", asOf: null },
      filters: [{ table: "CITIES", column: "CITY_NAME", operator: "not_in", values: ["Pune", "Mumbai"] }],
      selections: [some("LLM_LOCATION_FEATURES", 30), some("AREAS", 9), some("CITIES", 9)],
    }),
};

export const setTitles = Object.keys(sets);

export function variedSet(title: string, registry: Registry): FeatureSet {
  const write = sets[title];
  if (!write) throw new Error(`There is no set called ${title}.`);
  return write({
    registry,
    some: (table, count, more = {}) => ({ table, features: spread(registry, table, count), ...more }),
    of: (set) => ({
      ...{ version: 1, mart: registry.mart, stamp: registry.stamp, spine: sellers, filters: [] },
      ...{ selections: [], alignment: { boundary: "inclusive", knownAt: true, delaySeconds: 0 } },
      ...{ names: "short", excludePii: false },
      ...set,
    }),
  });
}

/** At most so many features of a table, over its whole width. */
function spread(registry: Registry, table: string, count: number): string[] {
  const all = registry.features.filter((feature) => feature.table === table && !feature.isKey);
  const step = Math.max(1, all.length / count);
  return Array.from(
    { length: Math.min(count, all.length) },
    (_, at) => all[Math.floor(at * step)]?.name ?? "",
  );
}

/** For features that declare no rule: the latest. */
function rules(registry: Registry, table: string): Selection["aggregation"] {
  const without = registry.features.filter((f) => f.table === table && !f.isKey && !f.aggregation);
  return Object.fromEntries(without.map(({ name }) => [name, "latest" as const]));
}
