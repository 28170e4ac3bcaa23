import { z } from "zod";
import { aggregationRules } from "@/lib/registry/types";

/**
 * A feature set: the typed request. It is the only thing that a planner may write; code alone decides what SQL it is.
 */
export const stampSchema = z.string().regex(/^v\d{4}\.(0[1-9]|1[0-2])$/, "a stamp looks like v2026.11");

export const filterOperators = [
  "in",
  "not_in",
  "gt",
  "gte",
  "lt",
  "lte",
  "between",
  "is_null",
  "is_not_null",
] as const;

/** Keeps the spine rows for which the condition is true; a NULL is never true and the report counts such rows. */
export const filterSchema = z.object({
  table: z.string().min(1),
  column: z.string().min(1),
  operator: z.enum(filterOperators),
  /** `in`/`not_in`: one or more; `between`: two, both ends included; the null tests: none; else one. Dates as ISO text. */
  values: z.array(z.union([z.string(), z.number(), z.boolean()])),
  /** As in a selection, for a table that is joined only to filter by it. */
  path: z.string().optional(),
  /** As in a selection, for a column of a finer table: "with more than 10 listings" counts them. */
  aggregation: z.enum(aggregationRules).optional(),
});

/** Features of one table, joined by one path. The same table may be selected twice, by two paths, under two aliases. */
export const selectionSchema = z.object({
  table: z.string().min(1),
  features: z.array(z.string().min(1)).min(1),
  /** The id of the join path, where several are equally good (see PathOption). */
  path: z.string().optional(),
  /** What the table is called in full feature names; the table's own name when absent. */
  alias: z.string().optional(),
  /** By feature: overrides or supplies the registry's rule. */
  aggregation: z.record(z.string(), z.enum(aggregationRules)).optional(),
  /** Features become visible this long after their event time. "An hour before departure" is 3600. */
  delaySeconds: z.number().int().nonnegative().optional(),
  /** Overrides the table's own; null: no expiry. */
  ttlSeconds: z.number().int().positive().nullable().optional(),
});

export const spineSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("population"),
    /** All rows of the entity's table, under the filters; in the order of its key. */
    entity: z.string().min(1),
    /** The time of every row, where the entity's table has no event time of its own; the mart's own `asOf` when null. */
    asOf: z.iso.datetime({ offset: true }).nullable(),
  }),
  z.object({
    kind: z.literal("given"),
    /** A table of the warehouse that holds the rows: keys, event time, labels. Every row is kept, in order. */
    table: z.string().min(1),
    keys: z
      .array(
        z.object({
          entity: z.string().min(1),
          role: z.string().optional(),
          columns: z.array(z.string().min(1)).min(1),
        }),
      )
      .min(1),
    eventTime: z.string().nullable(),
    /** A column that numbers the rows. Without it they keep the order of the stored table, where the warehouse has one. */
    order: z.string().optional(),
    /** Carried into the matrix as they are, after the keys and the time: labels, weights. */
    columns: z.array(z.string()),
  }),
]);

export const featureSetSchema = z.object({
  version: z.literal(1),
  mart: z.string().min(1),
  stamp: stampSchema,
  spine: spineSchema,
  filters: z.array(filterSchema),
  selections: z.array(selectionSchema),
  alignment: z.object({
    /** Is a feature at exactly the spine's time visible? */
    boundary: z.enum(["inclusive", "exclusive"]),
    /** Hide rows written after the spine's time (tables with a created time). */
    knownAt: z.boolean(),
    /** For every selection that does not say its own. */
    delaySeconds: z.number().int().nonnegative(),
  }),
  /** `full`: alias__feature. */
  names: z.enum(["short", "full"]),
  /** Personal data were ruled out: no PII feature may enter, now or by a later addition. */
  excludePii: z.boolean(),
});

export type FeatureSet = z.infer<typeof featureSetSchema>;
export type Selection = z.infer<typeof selectionSchema>;
export type Filter = z.infer<typeof filterSchema>;
export type Spine = z.infer<typeof spineSchema>;
