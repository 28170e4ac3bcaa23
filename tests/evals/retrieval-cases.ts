import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import type { ColumnType, Registry } from "@/lib/registry/types";

/** Beside the project, not part of it: 185 tables with their columns, and questions with the tables that answer them. */
export const retrievalFolder = path.join(process.cwd(), "..", "shared", "cases", "retrieval");

const tablesSchema = z.array(
  z.object({
    id: z.string(),
    schema: z.string(),
    table: z.string(),
    description: z.string().nullable(),
    columns: z.array(z.object({ name: z.string(), type: z.string(), description: z.string().nullable() })),
  }),
);

const questionSchema = z.object({
  corpus: z.string(),
  question: z.string(),
  external_knowledge: z.string().nullish(),
  gold_tables: z.array(z.string()).min(1),
});
export type RetrievalQuestion = z.infer<typeof questionSchema>;

export function readRetrievalCases(): { registry: Registry; questions: RetrievalQuestion[] } {
  const text = readFileSync(path.join(retrievalFolder, "tables.json"), "utf8");
  const tables = tablesSchema.parse(JSON.parse(text));
  const lines = readFileSync(path.join(retrievalFolder, "questions.jsonl"), "utf8").trim().split("\n");
  const registry: Registry = {
    mart: "retrieval",
    title: "Retrieval cases",
    stamp: "v2026.01",
    asOf: "2026-01-01T00:00:00Z",
    tables: tables.map((table) => ({
      name: table.id,
      // The schema's name is what a person would know it by; the table's own name is part of the id.
      description: table.description ?? "",
      entity: "",
      kind: "feature",
      grain: [],
      keys: [],
      rowCount: 0,
      owner: "",
      stamp: "v2026.01",
      synonyms: [],
    })),
    features: tables.flatMap((table) =>
      table.columns.map((column) => ({
        table: table.id,
        name: column.name,
        description: column.description ?? "",
        type: typeOf(column.type),
        family: "",
        isKey: false,
        pii: false,
        owner: "",
        nullRate: 0,
        distinctCount: 0,
      })),
    ),
    values: [],
    entities: [],
    contentHash: createHash("sha256").update(text).digest("hex"),
  };
  return { registry, questions: lines.map((line) => questionSchema.parse(JSON.parse(line))) };
}

function typeOf(type: string): ColumnType {
  if (/int|serial/i.test(type)) return "integer";
  if (/real|float|double|numeric|decimal/i.test(type)) return "float";
  if (/bool/i.test(type)) return "boolean";
  if (/timestamp|datetime/i.test(type)) return "timestamp";
  return /date/i.test(type) ? "date" : "text";
}
