import { z } from "zod";
import { AppError } from "@/lib/errors";
import type { SourceTable } from "@/lib/pipeline/source-table";

export type ColumnKind = "text" | "integer" | "number" | "flag" | "date" | "time" | "choice";

/** A field of a source table's zod schema, in words that SQL can be written from. */
export interface SourceColumn {
  name: string;
  kind: ColumnKind;
  nullable: boolean;
  /** Bounds, inclusive: of a number's value, or of a text's length in code points. */
  least: number | null;
  most: number | null;
  choices: string[];
  /** What was found is never shown. */
  personal: boolean;
}

export const engineTypes: Record<ColumnKind, string> = {
  text: "VARCHAR",
  integer: "BIGINT",
  number: "DOUBLE",
  flag: "BOOLEAN",
  date: "DATE",
  time: "TIMESTAMP",
  choice: "VARCHAR",
};

const plainInstant = String(z.iso.datetime()._zod.def.pattern);
const personalName = /contact|phone|email|name|^home_/;

/**
 * The columns of a table in the schema's order, read from zod's own definition of each field.
 * @throws AppError INTERNAL for a field that no SQL is known for: a check would otherwise be dropped in silence
 */
export function sourceColumns(table: SourceTable): SourceColumn[] {
  const columns = Object.entries(table.row.shape).map(([name, schema]) => column(table.name, name, schema));
  for (const key of table.key) {
    const found = columns.find(({ name }) => name === key);
    if (!found || found.nullable)
      throw unsupported(table.name, key, "a key has to be a column that is never null");
  }
  return columns;
}

function column(table: string, name: string, schema: z.core.$ZodType): SourceColumn {
  if (schema instanceof z.ZodNullable) return { ...column(table, name, schema.unwrap()), nullable: true };
  const plain = {
    name,
    nullable: false,
    least: null,
    most: null,
    choices: [],
    personal: personalName.test(name),
  };
  if (schema instanceof z.ZodBoolean) return { ...plain, kind: "flag" };
  if (schema instanceof z.ZodISODate) return { ...plain, kind: "date" };
  if (schema instanceof z.ZodISODateTime) {
    // Other forms of the schema would keep the offset, or drop digits, where conform gives an instant in UTC.
    if (String(schema._zod.def.pattern) === plainInstant) return { ...plain, kind: "time" };
    throw unsupported(table, name, "conform gives times in UTC, without further options");
  }
  if (schema instanceof z.ZodEnum) return { ...plain, kind: "choice", choices: schema.options.map(String) };
  const checks = (schema._zod.def.checks ?? []).map(({ _zod }) => _zod.def as z.core.$ZodCheckDef & Bound);
  if (schema instanceof z.ZodString && schema.format === null) {
    return { ...plain, kind: "text", ...bounds(table, name, checks, "min_length", "max_length") };
  }
  if (schema instanceof z.ZodNumber && [null, "safeint"].includes(schema.format)) {
    const kind = schema.format === null ? "number" : "integer";
    return { ...plain, kind, ...bounds(table, name, checks, "greater_than", "less_than") };
  }
  throw unsupported(table, name, `conform has no SQL for the schema ${schema._zod.def.type}`);
}

type Bound = { minimum?: number; maximum?: number; value?: number; inclusive?: boolean };

function bounds(
  table: string,
  name: string,
  checks: (z.core.$ZodCheckDef & Bound)[],
  lower: string,
  upper: string,
) {
  const result: { least: number | null; most: number | null } = { least: null, most: null };
  for (const { check, minimum, maximum, value, inclusive = true } of checks) {
    const bound = minimum ?? maximum ?? value;
    if (bound === undefined || !inclusive || (check !== lower && check !== upper)) {
      throw unsupported(table, name, `conform has no SQL for the check ${check}`);
    }
    if (check === lower) result.least = Math.max(bound, result.least ?? bound);
    else result.most = Math.min(bound, result.most ?? bound);
  }
  return result;
}

function unsupported(table: string, column: string, problem: string): AppError {
  return new AppError("INTERNAL", `Source table ${table}, column ${column}: ${problem}.`);
}
