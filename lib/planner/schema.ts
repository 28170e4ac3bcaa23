import { z } from "zod";
import { filterOperators, stampSchema } from "@/lib/feature-set/schema";
import { aggregationRules } from "@/lib/registry/types";

/** The subject of a question about the matrix that was built last: "how many rows has my matrix?" */
export const matrixSubject = "matrix";

/**
 * What a planner makes of one message. Both makers (offline, OpenAI) give exactly this, and nothing in it is trusted:
 * names are checked against the registry before they are used.
 */
export const requestSchema = z.object({
  intent: z.enum([
    "build", // a new feature set
    "refine", // a change to the one of this conversation
    "export", // stamp and export it
    "describe", // what does a feature or table mean
    "count", // how many rows fit some filters
    "query", // an open question about the data, answered by SQL
    "greet",
    "help",
    "off_topic",
  ]),
  /** The entity that rows are about, as the registry names it; null when the message does not say. */
  entity: z.string().nullable(),
  stamp: stampSchema.nullable(),
  asOf: z.iso.datetime({ offset: true }).nullable(),
  include: z.array(
    z.object({
      /** The person's words. */
      phrase: z.string(),
      /** Tables meant; empty when nothing in the mart fits. */
      tables: z.array(z.string()),
      /** Single features meant; empty: all of the tables' features. */
      features: z.array(z.object({ table: z.string(), feature: z.string() })),
      /** Point in time: use what was known this long before the row's own time. */
      delaySeconds: z.number().int().nonnegative().nullable(),
      /** The role of the key to join by, where the words name one: `origin`. */
      role: z.string().nullable(),
      /** "Average weight": how the rows of a finer table become one value. Not said: null or left out. */
      aggregation: z.enum(aggregationRules).nullish(),
    }),
  ),
  exclude: z.array(
    z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("pii"), phrase: z.string() }),
      z.object({ kind: z.literal("tables"), phrase: z.string(), tables: z.array(z.string()) }),
      z.object({
        kind: z.literal("features"),
        phrase: z.string(),
        features: z.array(z.object({ table: z.string(), feature: z.string() })),
      }),
      z.object({ kind: z.literal("null_rate"), phrase: z.string(), above: z.number().min(0).max(1) }),
    ]),
  ),
  filters: z.array(
    z.object({
      phrase: z.string(),
      table: z.string(),
      column: z.string(),
      operator: z.enum(filterOperators),
      values: z.array(z.union([z.string(), z.number(), z.boolean()])),
      /** `replace` (default): takes the place of earlier filters on the column; `remove`: lifts them. */
      mode: z.enum(["replace", "add", "remove"]),
    }),
  ),
  /** What could not be resolved; each becomes a question or a plain sentence, never a guess. */
  unresolved: z.array(
    z.object({
      /** The person's words; they begin with `not ` where a value was ruled out. */
      phrase: z.string(),
      reason: z.enum([
        "value_unknown",
        // Several columns fit as well; the suggestions are conditions such as `TABLE.COLUMN gt [4]`.
        "value_ambiguous",
        "features_unknown",
        "entity_unknown",
        "stamp_unknown",
        "contradiction",
      ]),
      /** For value_unknown: the column the value was looked for in. */
      table: z.string().nullable(),
      column: z.string().nullable(),
      suggestions: z.array(z.string()),
    }),
  ),
  /** What describe and count are about. */
  subject: z.string().nullable(),
});

export type PlannedRequest = z.infer<typeof requestSchema>;
