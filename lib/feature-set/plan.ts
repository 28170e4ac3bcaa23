import type { AggregationRule, ColumnType } from "@/lib/registry/types";
import type { FeatureSet, Filter } from "./schema";

/** A feature set resolved against the registry. Plain JSON: it is hashed, shown, and kept in the manifest. */
export interface Plan {
  version: 1;
  featureSet: FeatureSet;
  spine: PlannedSpine;
  joins: PlannedJoin[];
  /** The matrix's columns in order: the spine's keys, its time, carried columns, then the features. */
  columns: PlannedColumn[];
}

export interface PlannedSpine {
  table: string;
  entity: string;
  keys: string[];
  /** A column of the table, or one instant for all rows; null where no join needs a time. */
  time: { column: string } | { instant: string } | null;
  filters: PlannedFilter[];
}

export interface PlannedFilter extends Filter {
  /** The join that brings the column to the spine's grain; null when it stands on the spine's own table. */
  join: string | null;
}

export type Cardinality = "one_to_one" | "many_to_one" | "aggregated" | "point_in_time";

export interface PlannedJoin {
  /** `j1`, `j2` … in order. */
  id: string;
  table: string;
  alias: string;
  cardinality: Cardinality;
  /** From the spine's table to `table`, at most three hops. */
  path: Hop[];
  /** For point_in_time. */
  time: { event: string; created: string | null; ttlSeconds: number | null; delaySeconds: number } | null;
  /** Joined only to filter the spine: none of its columns enter the matrix. */
  filterOnly: boolean;
}

export interface Hop {
  from: { table: string; columns: string[] };
  to: { table: string; columns: string[] };
}

export interface PlannedColumn {
  name: string;
  type: ColumnType;
  role: "key" | "time" | "carried" | "feature";
  /** Where the value comes from, for lineage. */
  source: { table: string; column: string };
  join: string | null;
  aggregation: AggregationRule | null;
  weight: string | null;
}

/** One of several equally good ways to a table, offered to the person. */
export interface PathOption {
  /** Stable: made of the roles or the tables on the way. */
  id: string;
  label: string;
  path: Hop[];
}
