import { z } from "zod";
import { stampSchema } from "@/lib/feature-set/schema";
import { aggregationRules, columnTypes } from "@/lib/registry/types";

/**
 * A mart as it was inferred from files, in a form that a person can correct: `mart.json`. What stands under `seen` was
 * measured in the files and is there to be read; changing it changes nothing.
 */
export const identifierSchema = z
  .string()
  .regex(
    /^[A-Za-z_][A-Za-z0-9_]{0,62}$/,
    "a name is made of letters, digits and _, begins with no digit, and has at most 63",
  );

export const martNameSchema = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,39}$/,
    "a mart's name is made of lower-case letters, digits and -, begins with a letter, and has at most 40",
  );

const sentence = z.string().max(2000);

export const draftColumnSchema = z.strictObject({
  name: identifierSchema,
  /** The column's name in the file, and where it stands there, from 1. */
  header: z.string(),
  position: z.int().positive(),
  type: z.enum(columnTypes),
  /** How dates, timestamps and numbers are written, where it is not ISO: `%d.%m.%Y`, or `decimal comma`. */
  format: z.string().max(40).optional(),
  /** What stands for "no value" in the file, beside nothing at all. */
  nullTokens: z.array(z.string().max(40)).max(20),
  description: sentence,
  unit: z.string().max(40).optional(),
  windowDays: z.int().positive().optional(),
  family: z.string().min(1).max(60),
  pii: z.boolean(),
  /** Says again when the row is: a filter may name it, but it is no feature. */
  timePart: z.boolean().optional(),
  /** How values of several rows become one. Without a rule the chat asks. */
  aggregation: z.enum(aggregationRules).optional(),
  weight: z.string().optional(),
  seen: z
    .object({
      nulls: z.int(),
      distinct: z.int(),
      min: z.string().optional(),
      max: z.string().optional(),
      examples: z.array(z.string()),
    })
    .optional(),
});

/** A feature that no file holds: computed for each row asked for, at its time (see `Derivation` of the registry). */
export const draftDerivedSchema = z.strictObject({
  name: identifierSchema,
  kind: z.literal("years_since"),
  /** A column of the table with whole calendar years. */
  column: identifierSchema,
  description: sentence,
  unit: z.string().max(40).optional(),
  family: z.string().min(1).max(60),
  pii: z.boolean(),
  aggregation: z.enum(aggregationRules).optional(),
  weight: z.string().optional(),
});

export const draftKeySchema = z.strictObject({
  kind: z.enum(["primary", "unique", "foreign"]),
  entity: identifierSchema,
  role: identifierSchema.optional(),
  columns: z.array(identifierSchema).min(1),
});

export const draftTableSchema = z.strictObject({
  name: identifierSchema,
  /** In the source folder. */
  file: z
    .string()
    .regex(/^[^/\\\0]+\.(csv|csv\.gz|parquet)$/i, "a file of the source folder: .csv, .csv.gz or .parquet"),
  description: sentence,
  synonyms: z.array(z.string().max(80)).max(40),
  entity: identifierSchema,
  kind: z.enum(["entity", "feature"]),
  grain: z.array(identifierSchema),
  keys: z.array(draftKeySchema),
  eventTime: identifierSchema.optional(),
  createdTime: identifierSchema.optional(),
  ttlSeconds: z.int().positive().optional(),
  /** A column that is added and numbers the rows, because no columns of the file identify one. */
  rowNumber: identifierSchema.optional(),
  columns: z.array(draftColumnSchema).min(1),
  derived: z.array(draftDerivedSchema).optional(),
  seen: z
    .object({
      rows: z.int(),
      refused: z.int(),
      refusals: z.array(z.object({ line: z.int(), reason: z.string() })),
    })
    .optional(),
});

export const draftSchema = z.strictObject({
  version: z.literal(1),
  name: martNameSchema,
  title: z.string().min(1).max(120),
  stamp: stampSchema,
  asOf: z.iso.datetime({ offset: true }),
  owner: z.string().min(1).max(120),
  /** The folder that the files are read from. */
  folder: z.string().min(1),
  entities: z.array(
    z.strictObject({
      name: identifierSchema,
      plural: z.string().min(1).max(80),
      synonyms: z.array(z.string().max(80)).max(40),
    }),
  ),
  tables: z.array(draftTableSchema).min(1),
  /** What refers to what, by the share of different values found there. Measured: the keys above are what counts. */
  references: z.array(
    z.object({
      from: z.string(),
      to: z.string(),
      /** 0…1: of the different values, and of the rows that have one. */
      values: z.number(),
      rows: z.number(),
    }),
  ),
  /** What a person should know before trusting the mart. */
  warnings: z.array(z.string()),
});

export type MartDraft = z.infer<typeof draftSchema>;
export type DraftTable = z.infer<typeof draftTableSchema>;
export type DraftDerived = z.infer<typeof draftDerivedSchema>;
export type DraftColumn = z.infer<typeof draftColumnSchema>;
