import type { AggregationRule, ColumnType, Derivation } from "@/lib/registry/types";
import type { FeatureSet, Filter } from "./schema";

/** A feature set resolved against the registry. Plain JSON: it is hashed, shown, and kept in the manifest. */
export interface Plan {
  version: 1;
  featureSet: FeatureSet;
  spine: PlannedSpine;
  joins: PlannedJoin[];
  /** The matrix's columns in order: the spine's keys, its time, carried columns, then the features. */
  columns: PlannedColumn[];
  /** What the person should know of how the request was read: sentences, shown with the report's warnings. */
  notes: string[];
}

export interface PlannedSpine {
  table: string;
  entity: string;
  keys: string[];
  /** A column of the table, or one instant for all rows; null where there is none and no join needs one. */
  time: { column: string; type: ColumnType } | { instant: string } | null;
  filters: PlannedFilter[];
}

export interface PlannedFilter extends Filter {
  /** The join that brings the column to the spine's grain; null when it stands on the spine's own table. */
  join: string | null;
  /** Of the column as it is compared: after its aggregation, where there is one. */
  type: ColumnType;
  appliedRule: AggregationRule | null;
  weight: string | null;
  /** As in a planned column. */
  derived?: Derivation;
}

export type Cardinality = "one_to_one" | "many_to_one" | "aggregated" | "point_in_time";

export interface PlannedJoin {
  /** `j1`, `j2` … in order. */
  id: string;
  table: string;
  alias: string;
  cardinality: Cardinality;
  /** From the spine's table to `table`, one to three hops. */
  path: Hop[];
  /** Of the last hop: when a row of `table` is visible; null where its rows are true at any time. */
  time: Visibility | null;
  /** The declared grain of `table`. */
  grain: string[];
  /** Joined only to filter the spine: none of its columns enter the matrix. */
  filterOnly: boolean;
}

/** When a row of a table is visible to a spine row. */
export interface Visibility {
  event: string;
  eventType: ColumnType;
  created: string | null;
  createdType: ColumnType | null;
  ttlSeconds: number | null;
  delaySeconds: number;
}

/** One step from a table to the next: at most one row there for each row here, except that the only hop may aggregate. */
export interface Hop {
  from: { table: string; columns: string[] };
  to: { table: string; columns: string[] };
  cardinality: Cardinality;
  time: Visibility | null;
}

export interface PlannedColumn {
  name: string;
  type: ColumnType;
  role: "key" | "time" | "carried" | "feature";
  /** Where the value comes from, for lineage. */
  source: { table: string; column: string };
  /** Null for what stands on the spine's own rows: keys, time, carried columns, features of the spine's table. */
  join: string | null;
  aggregation: AggregationRule | null;
  weight: string | null;
  /** Where `source` names a feature that no column stores: how its value comes from one that does, at the row's time. */
  derived?: Derivation;
}

/** The column of the warehouse that a planned column's value is read from. */
export function storedColumn({ source, derived }: Pick<PlannedColumn, "source" | "derived">): string {
  return derived?.column ?? source.column;
}

/** One of several equally good ways to a table, offered to the person. */
export interface PathOption {
  /** Stable: made of the roles or the tables on the way. */
  id: string;
  label: string;
  path: Pick<Hop, "from" | "to">[];
}
