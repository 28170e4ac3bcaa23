import type { Cardinality } from "@/lib/feature-set/plan";

/** What one run of a plan was like. Rates are 0…1. */
export interface QualityReport {
  rows: number;
  /** Feature columns, without keys and times. */
  features: number;
  columns: number;
  /** Spine keys (with time) that occur more than once: how many rows beyond the first of each. */
  duplicateKeys: number;
  joins: JoinReport[];
  /** Every feature column, worst first. */
  nulls: { column: string; table: string; nulls: number; rate: number }[];
  filters: FilterReport[];
  /** Sentences a person should read before trusting the matrix: low join success, empty columns, ties. */
  warnings: string[];
  seconds: { probes: number; write: number; total: number };
}

export interface JoinReport {
  join: string;
  table: string;
  alias: string;
  cardinality: Cardinality;
  /** For instance `SELLERS.CITY_ID → CITIES.CITY_ID`. */
  via: string;
  matched: number;
  rate: number;
  /** Rows of the right-hand table beyond the first of each declared key: they were not allowed to multiply. */
  rightDuplicates: number;
  /** Spine rows where two right-hand rows tied on event and created time. */
  ties: number;
}

export interface FilterReport {
  label: string;
  /** Rows left when this filter alone is applied to the population. */
  kept: number;
  /** Rows excluded because the value is unknown. */
  unknown: number;
  population: number;
}
