import { z } from "zod";
import { AppError } from "@/lib/errors";
import type { Plan } from "@/lib/feature-set";
import { featureSetSchema, stampSchema } from "@/lib/feature-set";
import type { QualityReport } from "@/lib/quality/report";
import { contentHashMethod } from "./content-hash";
import { columnLineageSchema } from "./lineage";

export const product = "agentic-feature-mart";

const hashSchema = z.string().regex(/^[0-9a-f]{64}$/, "a SHA-256 in hexadecimal");
const sqlSchema = z.object({ text: z.string(), hash: hashSchema });

const exportFileSchema = z.object({
  kind: z.enum(["matrix", "dictionary", "manifest"]),
  name: z.string(),
  /** In the object store. */
  key: z.string(),
  bytes: z.number().int().nonnegative(),
  sha256: hashSchema,
});

/** What an export is, complete enough to make it again: published last, so that its presence says that all is there. */
export const manifestSchema = z.object({
  version: z.literal(1),
  product: z.literal(product),
  exportId: z.string(),
  mart: z.string(),
  stamp: stampSchema,
  createdAt: z.iso.datetime(),
  featureSet: featureSetSchema,
  featureSetHash: hashSchema,
  /** To be read; replay resolves the feature set again. */
  plan: z.custom<Plan>(isVersionOne, "a plan of version 1"),
  planHash: hashSchema,
  /** To be read; nobody runs SQL that stands in a file. */
  sql: z.object({ duckdb: sqlSchema, snowflake: sqlSchema }),
  data: z.object({
    rows: z.number().int().nonnegative(),
    columns: z.number().int().positive(),
    stampColumn: z.string(),
    contentHash: hashSchema,
    contentHashMethod: z.literal(contentHashMethod),
  }),
  /** Matrix and dictionary. */
  files: z.array(exportFileSchema),
  columns: z.array(columnLineageSchema),
  report: z.custom<QualityReport>((value) => typeof value === "object" && value !== null, "a quality report"),
  approval: z.object({
    id: z.string(),
    by: z.string(),
    at: z.iso.datetime({ offset: true }).nullable(),
    /** Of the question as it was put. */
    questionHash: z.string().nullable(),
  }),
  engine: z.object({ name: z.string(), version: z.string() }),
  /** The registry that the feature set was resolved against. */
  registryHash: hashSchema,
});

export type Manifest = z.infer<typeof manifestSchema>;
export type ExportFile = z.infer<typeof exportFileSchema>;

/** @throws AppError BAD_INPUT that says which fields are wrong */
export function parseManifest(value: unknown): Manifest {
  const parsed = manifestSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues
    .slice(0, 10)
    .map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new AppError("BAD_INPUT", `That is not a manifest of an export. ${problems.join("; ")}`, {
    details: { problems },
  });
}

function isVersionOne(value: unknown): boolean {
  return typeof value === "object" && value !== null && "version" in value && value.version === 1;
}
