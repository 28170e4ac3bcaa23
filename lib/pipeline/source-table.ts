import { z } from "zod";

/** How a source is read. Each protocol has one reader, configured by an address alone. */
export const protocols = ["cdc", "rest", "postgres", "event_log", "maps", "csv"] as const;
export type Protocol = (typeof protocols)[number];

/**
 * A table as it is once conformed. The zod schema of its rows is the truth about types, ranges and what may be missing;
 * conform casts and checks with SQL that is derived from it, so that the engine judges millions of rows.
 */
export interface SourceTable {
  source: string;
  name: string;
  protocol: Protocol;
  description: string;
  /** The row once conformed. Fields are made with {@link field}; `.nullable()` for what may be missing. */
  row: z.ZodObject;
  /** Unique once conformed. Of several rows with the same key the last by sequence, then by position, is kept. */
  key: string[];
  /** A value that is not in the other table's key sends the row to quarantine as `unknown_key`; null refers to nothing. */
  references: { column: string; table: string }[];
  /** When the row came to be: rows from END on are not read. Absent where rows have no time (a census). */
  createdAt?: string;
  /** What happened at or after END is not known at END: where `time` is, these columns take the values given. */
  knownBy?: { time: string; unknown: Record<string, string | number | boolean | null> }[];
  /** Of a log: a record that it took more than `days` after what it tells of is set aside as `too_late`. */
  lateAfter?: { event: string; received: string; days: number };
  /**
   * How changes of a row are kept (Kimball): 0 the first value stays; 1 the last value stands; 2 every version with
   * valid_from and valid_to in a table of its own, `<name>_history`; 4 the table is itself the history of another's changes.
   */
  changes: 0 | 1 | 4 | VersionedChanges;
}

export interface VersionedChanges {
  type: 2;
  /** A new version begins where one of these changes. */
  columns: string[];
  /** These keep their first value (type 0). */
  never: string[];
  /** The time column that says since when a row has been as it is read. */
  since: string;
  /** Columns whose changes another table tells, by this table's key: that history is preferred to what was seen. */
  told: { column: string; table: string; before: string; after: string }[];
}

/** The kinds of columns that sources have; each maps to one type of the registry and one of the engine. */
export const field = {
  text: (longest = 200) => z.string().min(1).max(longest),
  integer: (least = 0, most = 1e15) => z.int().min(least).max(most),
  number: (least = -1e12, most = 1e12) => z.number().min(least).max(most),
  flag: () => z.boolean(),
  date: () => z.iso.date(),
  /** An instant in UTC, ISO 8601. */
  time: () => z.iso.datetime(),
  oneOf: <const T extends readonly [string, ...string[]]>(values: T) => z.enum(values),
};
