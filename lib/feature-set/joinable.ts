import type { FeatureTable, TableKey } from "@/lib/registry/types";
import type { Cardinality } from "./plan";

/** What a key says of the side the join comes from. `given`: a key of given rows, which may repeat and may be unknown. */
export const leftKinds = ["primary", "unique", "foreign", "given"] as const;
export type LeftKind = (typeof leftKinds)[number];

/** What a key says of the table it leads to. `versioned`: one row per key and event time. */
export const rightKinds = ["primary", "unique", "foreign", "versioned"] as const;
export type RightKind = (typeof rightKinds)[number];

/**
 * Every pair of keys of one entity, and how the tables join over it; null: never, because rows of both sides repeat and
 * no rule could say which belong together.
 */
export const joinable: Record<LeftKind, Record<RightKind, Cardinality | null>> = {
  primary: { primary: "one_to_one", unique: "one_to_one", foreign: "aggregated", versioned: "point_in_time" },
  unique: { primary: "one_to_one", unique: "one_to_one", foreign: "aggregated", versioned: "point_in_time" },
  foreign: { primary: "many_to_one", unique: "many_to_one", foreign: null, versioned: "point_in_time" },
  given: { primary: "many_to_one", unique: "many_to_one", foreign: "aggregated", versioned: "point_in_time" },
};

/**
 * The column that says from when a row is true. Under known-at, a table that has only a created time is visible from then
 * on; so is one whose grain holds the created time, since its rows are the versions of something.
 */
export function eventColumn(table: FeatureTable, knownAt: boolean): string | null {
  if (table.eventTime !== undefined) return table.eventTime;
  const { createdTime } = table;
  if (createdTime === undefined) return null;
  return knownAt || table.grain.includes(createdTime) ? createdTime : null;
}

/**
 * What a key really is, read against the table's grain, which is what the probes hold the table to: a foreign key that
 * covers the grain names one row; a primary key that does not names many.
 */
export function rightKind(table: FeatureTable, key: TableKey, knownAt: boolean): RightKind {
  const event = eventColumn(table, knownAt);
  const coversGrain = table.grain.every((column) => column === event || key.columns.includes(column));
  const namesOneRow =
    coversGrain || (key.kind === "unique" && (event === null || !table.grain.includes(event)));
  if (!namesOneRow) return "foreign";
  if (event !== null) return "versioned";
  return key.kind === "foreign" ? "unique" : key.kind;
}
