/** The words of the registry. Everything here is plain JSON: it is stored in the warehouse and shown in cards. */

export const columnTypes = ["integer", "float", "decimal", "text", "boolean", "date", "timestamp"] as const;
export type ColumnType = (typeof columnTypes)[number];

/**
 * How a feature of a finer table becomes one value per spine row.
 * `mean_weighted` divides by the sum of `weight`, a column of the same table. `latest` takes the row with the greatest
 * event time. `flag_any` is true when any row is true.
 */
export const aggregationRules = [
  "sum",
  "min",
  "max",
  "mean",
  "mean_weighted",
  "count",
  "flag_any",
  "latest",
] as const;
export type AggregationRule = (typeof aggregationRules)[number];

/**
 * A typed key. `primary` and `unique` name one row of their table; `foreign` points at another table's row.
 * Keys join when they name the same entity; `role` tells two foreign keys to one entity apart (origin, dest).
 */
export interface TableKey {
  kind: "primary" | "unique" | "foreign";
  entity: string;
  role?: string;
  /** In the order of the entity's own primary key. */
  columns: string[];
}

export interface FeatureTable {
  name: string;
  description: string;
  /** What a row is about: the entity of the primary key, for instance `seller`. */
  entity: string;
  /** `entity`: the population of the entity, the source of spines. `feature`: features at some grain. */
  kind: "entity" | "feature";
  /** The columns that make a row unique; empty when not declared. */
  grain: string[];
  keys: TableKey[];
  /** When the row became true. */
  eventTime?: string;
  /** When the row was written: breaks ties, and is what known-at looks at. */
  createdTime?: string;
  /** How old a row may be at the spine's time; absent: no expiry. */
  ttlSeconds?: number;
  rowCount: number;
  owner: string;
  stamp: string;
  /** Other words people use for this table, beside its description. */
  synonyms: string[];
}

/**
 * How a feature that no column stores is computed for each row asked for. `years_since`: whole years from the calendar year
 * in `column`, an integer column of the same table, to the calendar year, in UTC, of the row's time. NULL where the year is
 * unknown, is no year (below 1) or comes after the row's time.
 */
export interface Derivation {
  kind: "years_since";
  column: string;
}

/** One column of a feature table. Key and time columns are registered too, with `isKey`, so that filters can name them. */
export interface Feature {
  table: string;
  name: string;
  description: string;
  type: ColumnType;
  unit?: string;
  /** Look-back window in days, where the feature has one. */
  windowDays?: number;
  aggregation?: AggregationRule;
  /** The weight column, for `mean_weighted`. */
  weight?: string;
  /** Computed, not stored: the table has no column of this name. */
  derived?: Derivation;
  /** A word for the group of features this belongs to: `poi`, `funnel`, `income` … */
  family: string;
  isKey: boolean;
  /** Holds personal data: a name, a phone number, an address, an exact home location. */
  pii: boolean;
  owner: string;
  /** 0…1, measured when the mart was built. */
  nullRate: number;
  distinctCount: number;
  /** Text of the least and greatest value, for numbers, dates and timestamps. */
  min?: string;
  max?: string;
}

/** A value found in a categorical column, for recognising filters. */
export interface ColumnValue {
  table: string;
  column: string;
  value: string;
  frequency: number;
  /** Other names for the value: Bombay for Mumbai. */
  aliases: string[];
}

/** The whole registry of one mart at one stamp. */
export interface Registry {
  mart: string;
  title: string;
  stamp: string;
  /** ISO 8601 in UTC: what the data know, they know up to this instant. The default time of a spine. */
  asOf: string;
  tables: FeatureTable[];
  features: Feature[];
  values: ColumnValue[];
  /** Other words for entities: `dealer` for seller. */
  entities: EntityInfo[];
  /** Feature sets that were agreed on once and are asked for by their title. */
  requests?: SavedRequest[];
  /** SHA-256 over all of the above; what search indexes and caches are keyed by. */
  contentHash: string;
}

export interface SavedRequest {
  title: string;
  description: string;
  /** What the rows are about: its whole population. */
  entity: string;
  selections: { table: string; features: string[] }[];
}

export interface EntityInfo {
  name: string;
  plural: string;
  synonyms: string[];
}
