import type { Filter } from "@/lib/feature-set/schema";
import type { Feature } from "@/lib/registry/types";

/** An open question as rules read it: what is counted or measured, for which rows, for each of what. */
export interface DataQuestion {
  /** What a row that is counted or measured is about. */
  entity: string;
  measure: Measure;
  /** Null: one figure for all rows. */
  by: Dimension | null;
  filters: (Filter & { feature: Feature })[];
  /** A ranking: the greatest or the least first, those without a name left out. */
  ranking: { first: "greatest" | "least"; limit: number } | null;
}

export const aggregates = ["avg", "median", "sum", "min", "max"] as const;
export type Aggregate = (typeof aggregates)[number];

export type Measure =
  | { kind: "count" }
  /** `others`: columns that the same words could have meant. */
  | { kind: "aggregate"; aggregate: Aggregate; column: Feature; others: Feature[] }
  /** A column of the dimension's own rows. */
  | { kind: "value"; column: Feature; others: Feature[] };

export const timeUnits = ["day", "week", "month", "quarter", "year"] as const;
export type TimeUnit = (typeof timeUnits)[number];

export type Dimension =
  | { kind: "column"; column: Feature; others: Feature[] }
  /** `keys` are the columns of its own table that name one; `label` is how people call it, if the mart has that. */
  | { kind: "entity"; entity: string; keys: Feature[]; label: Feature | null }
  | { kind: "time"; unit: TimeUnit; column: Feature };
