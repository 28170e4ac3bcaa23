import { z } from "zod";
import { derivationSchema } from "@/lib/registry/schema";
import { aggregationRules, columnTypes } from "@/lib/registry/types";

/** Anything YAML or JSON can say. */
export type Json = z.infer<ReturnType<typeof z.json>>;

const words = z.union([z.string(), z.array(z.string())]).transform((tags) => [tags].flat());
const name = z.string().regex(/^[A-Za-z_]\w*$/, "must be letters, digits and underscores");
/** A value that a placeholder stands for: text and numbers only, which Python and JavaScript spell alike. */
const filling = z.union([z.string(), z.int()]);

/**
 * Why a column's distribution changes from stamp to stamp though nothing is wrong: what happens in a season or at a date of the
 * calendar, or values of a whole group that move together. The gate then warns of drift and does not halt.
 */
const movesWith = z.enum(["calendar", "peers"]).optional();

/** A family of features, spelled once: see docs/decisions/0009. Texts hold placeholders `{dimension}` or `{dimension.part}`. */
const familySchema = z.strictObject({
  stage: z.string().optional(),
  family: z.string(),
  name: z.string(),
  description: z.string(),
  sql: z.string(),
  type: z.enum(columnTypes).default("float"),
  unit: z.string().optional(),
  window: z.union([z.string(), z.int()]).optional(),
  aggregation: z.string().optional(),
  weight: z.string().optional(),
  pii: z.boolean().default(false),
  owner: z.string().optional(),
  promise: z.literal("filled").optional(),
  moves_with: movesWith,
  over: z.record(name, z.array(z.union([filling, z.record(name, filling)])).min(1)).default({}),
});
export type Family = z.infer<typeof familySchema>;

/** What `config.meta` of a single column says. */
export const columnMetaSchema = z.strictObject({
  type: z.enum(columnTypes),
  family: z.string().optional(),
  unit: z.string().optional(),
  window: z.int().positive().optional(),
  aggregation: z.enum(aggregationRules).optional(),
  weight: z.string().optional(),
  derived: derivationSchema.optional(),
  is_key: z.boolean().default(false),
  pii: z.boolean().default(false),
  owner: z.string().optional(),
  promise: z.literal("filled").optional(),
  moves_with: movesWith,
});

/** What `config.meta` of a registered model says: the ones that become tables of the registry. */
export const tableMetaSchema = z.strictObject({
  entity: z.string(),
  kind: z.enum(["entity", "feature"]),
  grain: z.array(z.string()).min(1),
  keys: z.array(
    z.strictObject({
      kind: z.enum(["primary", "unique", "foreign"]),
      entity: z.string(),
      role: z.string().optional(),
      columns: z.array(z.string()).min(1),
    }),
  ),
  event_time: z.string().optional(),
  created_time: z.string().optional(),
  ttl_seconds: z.int().positive().optional(),
  owner: z.string(),
  synonyms: z.array(z.string()).default([]),
  /** Of all its columns. */
  moves_with: movesWith,
  families: z.array(familySchema).default([]),
});
export type TableMeta = z.infer<typeof tableMetaSchema>;

/** `unique`, or `accepted_values: {arguments: {values: […]}, config: {…}}`. */
const testSchema = z.union([
  z.string(),
  z.record(z.string(), z.record(z.string(), z.json())).refine((test) => Object.keys(test).length === 1, {
    message: "a test has one name",
  }),
]);
export type DeclaredTest = z.infer<typeof testSchema>;

const columnSchema = z.strictObject({
  name: z.string(),
  description: z.string().default(""),
  data_type: z.string().optional(),
  config: z
    .strictObject({ meta: z.record(z.string(), z.json()).optional(), tags: words.optional() })
    .optional(),
  data_tests: z.array(testSchema).default([]),
});

/** What a model's config may say, in its file, in YAML or in dbt_project.yml. */
export const modelConfigSchema = z.strictObject({
  materialized: z.enum(["table", "view"], { message: "only `table` and `view` are built here" }).optional(),
  tags: words.optional(),
  enabled: z.boolean().optional(),
  meta: z.record(z.string(), z.json()).optional(),
});
export type ModelConfig = z.infer<typeof modelConfigSchema>;

export const schemaFileSchema = z.strictObject({
  version: z.literal(2).optional(),
  models: z
    .array(
      z.strictObject({
        name: z.string(),
        description: z.string().default(""),
        config: modelConfigSchema.default({}),
        columns: z.array(columnSchema).default([]),
        data_tests: z.array(testSchema).default([]),
      }),
    )
    .default([]),
  sources: z
    .array(
      z.strictObject({
        name: z.string(),
        description: z.string().default(""),
        config: z.strictObject({ meta: z.strictObject({ external_location: z.string() }) }),
        tables: z.array(
          z.strictObject({
            name: z.string(),
            description: z.string().default(""),
            columns: z.array(columnSchema).default([]),
          }),
        ),
      }),
    )
    .default([]),
});
export type SchemaFile = z.infer<typeof schemaFileSchema>;

const paths = z.array(z.string());

/** The keys of dbt_project.yml that mean the same here; another is refused rather than passed over. */
export const projectFileSchema = z.strictObject({
  name,
  version: z.coerce.string().default("0.0.0"),
  "config-version": z.literal(2).optional(),
  profile: z.string(),
  "require-dbt-version": z.unknown().optional(),
  "model-paths": paths.default(["models"]),
  "macro-paths": paths.default(["macros"]),
  "test-paths": paths.default(["tests"]),
  "seed-paths": paths.max(0, "dbt seeds are not built here").optional(),
  "target-path": z.string().optional(),
  "clean-targets": paths.optional(),
  /** How dbt itself behaves. */
  flags: z.record(z.string(), z.json()).optional(),
  models: z.record(z.string(), z.json()).default({}),
  vars: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).default({}),
});
