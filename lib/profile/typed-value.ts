import type { ColumnType } from "@/lib/registry/types";
import { quoteText } from "@/lib/warehouse";

export const decimalComma = "decimal comma";

/** Words that stand for true and false. */
const trueWords = ["true", "yes"];
const falseWords = ["false", "no"];

export const integerPattern = "[+-]?(0|[1-9][0-9]{0,17})";
export const wholePattern = "[+-]?(0|[1-9][0-9]{0,36})";
/** Not longer before the point than a float keeps exactly: a longer number is a code. */
export const floatPattern = "[+-]?(0|[1-9][0-9]{0,14})?(\\.[0-9]*)?([eE][+-]?[0-9]{1,3})?";
export const commaPattern = "[+-]?(0|[1-9][0-9]{0,14}),[0-9]+";
const clock = "[0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{1,9})?)?";
export const datePattern = "[0-9]{4}-[0-9]{2}-[0-9]{2}";
export const timestampPattern = `${datePattern}[T ]${clock}`;
export const zonedPattern = `${timestampPattern} ?(Z|UTC|[+-][0-9]{2}(:?[0-9]{2})?)`;

const engineTypes: Record<ColumnType, string> = {
  integer: "BIGINT",
  float: "DOUBLE",
  decimal: "DECIMAL(38, 0)",
  text: "VARCHAR",
  boolean: "BOOLEAN",
  date: "DATE",
  timestamp: "TIMESTAMP",
};

export interface Reading {
  type: ColumnType;
  nullTokens: string[];
  format?: string;
  storedType: string;
}

/** The raw value with what stands for "no value" taken out, as SQL: null tokens from text, NaN from floats. */
export function presentValue(column: string, { storedType, nullTokens }: Reading): string {
  if (storedType === "FLOAT" || storedType === "DOUBLE")
    return `CASE WHEN NOT isnan(${column}) THEN ${column} END`;
  if (storedType !== "VARCHAR") return column;
  const tokens = ["", ...nullTokens].map(quoteText).join(", ");
  return `CASE WHEN trim(${column}) IN (${tokens}) THEN NULL ELSE ${column} END`;
}

/** SQL that reads a raw column as its type; NULL where a value does not fit. Timestamps are UTC. */
export function typedValue(column: string, reading: Reading): string {
  const { type, format, storedType } = reading;
  const present = presentValue(column, reading);
  if (storedType !== "VARCHAR") return storedValue(present, type, storedType);
  if (type === "text") return present;
  const text = `trim(${present})`;
  if (type === "boolean") {
    const words = (list: string[]) => list.map(quoteText).join(", ");
    return `CASE WHEN lower(${text}) IN (${words(trueWords)}) THEN TRUE WHEN lower(${text}) IN (${words(falseWords)}) THEN FALSE END`;
  }
  if (type === "date" || type === "timestamp") return timeValue(text, type, format);
  const number = format === decimalComma ? `replace(${text}, ',', '.')` : text;
  if (type === "float") {
    return `CASE WHEN regexp_full_match(${number}, ${quoteText(`${floatPattern}`)}) THEN TRY_CAST(${number} AS DOUBLE) END`;
  }
  const pattern = type === "integer" ? integerPattern : wholePattern;
  return `CASE WHEN regexp_full_match(${number}, ${quoteText(pattern)}) THEN TRY_CAST(${number} AS ${engineTypes[type]}) END`;
}

/** The engine's own cast of text to a timestamp drops the offset, so zoned text goes through the zoned type. */
function timeValue(text: string, type: "date" | "timestamp", format: string | undefined): string {
  const instant = format
    ? `try_strptime(${text}, ${quoteText(format)})`
    : `CASE WHEN regexp_full_match(${text}, ${quoteText(zonedPattern)}) THEN TRY_CAST(${text} AS TIMESTAMPTZ) AT TIME ZONE 'UTC'
        WHEN regexp_full_match(${text}, ${quoteText(`${timestampPattern}|${datePattern}`)}) THEN TRY_CAST(${text} AS TIMESTAMP) END`;
  return type === "timestamp" ? instant : `CAST(${instant} AS DATE)`;
}

function storedValue(column: string, type: ColumnType, storedType: string): string {
  if (type === "decimal" && storedType.startsWith("DECIMAL")) return column;
  if (type === "timestamp" && storedType === "TIMESTAMP WITH TIME ZONE")
    return `(${column} AT TIME ZONE 'UTC')`;
  return `TRY_CAST(${column} AS ${engineTypes[type]})`;
}
