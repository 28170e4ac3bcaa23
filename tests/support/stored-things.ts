import type { StoredResult } from "@/db/schema";
import type { FeatureSet } from "@/lib/feature-set/schema";

export const aFeatureSet: FeatureSet = {
  version: 1,
  mart: "auto-marketplace",
  stamp: "v2026.11",
  spine: { kind: "population", entity: "seller", asOf: null },
  filters: [],
  selections: [],
  alignment: { boundary: "inclusive", knownAt: true, delaySeconds: 0 },
  names: "short",
  excludePii: true,
};

export const aStoredResult: StoredResult = {
  martBuild: "1",
  planHash: "0123456789abcdef",
  plan: {
    version: 1,
    featureSet: aFeatureSet,
    spine: { table: "SELLERS", entity: "seller", keys: ["SELLER_ID"], time: null, filters: [] },
    joins: [],
    columns: [],
    notes: [],
  },
  sql: { duckdb: "select 1", snowflake: "select 1" },
  sqlHash: "0",
  report: {
    rows: 0,
    features: 0,
    columns: 0,
    duplicateKeys: 0,
    joins: [],
    nulls: [],
    filters: [],
    warnings: [],
    seconds: { probes: 0, write: 0, total: 0 },
  },
  previewKey: "previews/none.json",
};
