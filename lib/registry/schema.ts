import { z } from "zod";
import { aggregationRules, columnTypes, type Registry } from "./types";

const keySchema = z.strictObject({
  kind: z.enum(["primary", "unique", "foreign"]),
  entity: z.string().min(1),
  role: z.string().min(1).optional(),
  columns: z.array(z.string().min(1)).min(1),
});

const tableSchema = z.strictObject({
  name: z.string().min(1),
  description: z.string(),
  entity: z.string().min(1),
  kind: z.enum(["entity", "feature"]),
  grain: z.array(z.string().min(1)),
  keys: z.array(keySchema),
  eventTime: z.string().min(1).optional(),
  createdTime: z.string().min(1).optional(),
  ttlSeconds: z.number().int().positive().optional(),
  rowCount: z.number().int().nonnegative(),
  owner: z.string(),
  stamp: z.string().min(1),
  synonyms: z.array(z.string()),
});

export const derivationSchema = z.strictObject({
  kind: z.literal("years_since"),
  column: z.string().min(1),
});

const featureSchema = z.strictObject({
  table: z.string().min(1),
  name: z.string().min(1),
  description: z.string(),
  type: z.enum(columnTypes),
  unit: z.string().optional(),
  windowDays: z.number().int().positive().optional(),
  aggregation: z.enum(aggregationRules).optional(),
  weight: z.string().min(1).optional(),
  derived: derivationSchema.optional(),
  family: z.string().min(1),
  isKey: z.boolean(),
  pii: z.boolean(),
  owner: z.string(),
  nullRate: z.number().min(0).max(1),
  distinctCount: z.number().int().nonnegative(),
  min: z.string().optional(),
  max: z.string().optional(),
});

const valueSchema = z.strictObject({
  table: z.string().min(1),
  column: z.string().min(1),
  value: z.string(),
  frequency: z.number().int().positive(),
  aliases: z.array(z.string()),
});

/** What is stored must be this; see `types.ts` for what each field means. */
export const registrySchema: z.ZodType<Registry> = z.strictObject({
  mart: z.string().min(1),
  title: z.string(),
  stamp: z.string().min(1),
  asOf: z.iso.datetime(),
  tables: z.array(tableSchema),
  features: z.array(featureSchema),
  values: z.array(valueSchema),
  entities: z.array(
    z.strictObject({ name: z.string().min(1), plural: z.string(), synonyms: z.array(z.string()) }),
  ),
  requests: z
    .array(
      z.strictObject({
        title: z.string().min(1),
        description: z.string(),
        entity: z.string().min(1),
        selections: z.array(
          z.strictObject({ table: z.string().min(1), features: z.array(z.string().min(1)).min(1) }),
        ),
      }),
    )
    .optional(),
  contentHash: z.string().regex(/^[0-9a-f]{64}$/),
});
