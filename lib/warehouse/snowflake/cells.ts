import type { ColumnType } from "@/lib/registry/types";
import type { Cell } from "../port";

/** A column as the service declares it: `fixed`, `real`, `text`, `timestamp_ntz` …, with the digits of a `fixed`. */
export interface DeclaredColumn {
  name: string;
  type: string;
  precision: number;
  scale: number;
}

export function columnTypeOf({ type, scale }: DeclaredColumn): ColumnType {
  if (type === "fixed") return scale === 0 ? "integer" : "decimal";
  if (type === "real" || type === "decfloat") return "float";
  if (type === "boolean" || type === "date") return type;
  return type.startsWith("timestamp") ? "timestamp" : "text";
}

/** The SDK's value of a point in time: the JavaScript date carries its nanoseconds beside it. */
interface Instant extends Date {
  getEpochSeconds(): number;
  getNanoSeconds(): number;
}

/** How a column's values become cells: numbers arrive as their text, so that no digit is lost. */
export function cellReader(column: DeclaredColumn): (value: unknown) => Cell {
  const type = columnTypeOf(column);
  const read = readers[type] ?? String;
  return (value) => (value === null || value === undefined ? null : read(value));
}

const readers: Partial<Record<ColumnType, (value: unknown) => Cell>> = {
  integer: (value) => {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(value);
  },
  float: (value) => {
    const text = String(value);
    if (/^-?inf(inity)?$/i.test(text)) return text.startsWith("-") ? "-Infinity" : "Infinity";
    const number = Number(text);
    return Number.isNaN(number) ? "NaN" : number;
  },
  boolean: (value) => value === true,
  date: (value) => isoText(value as Instant).slice(0, -"T00:00:00Z".length),
  timestamp: (value) => isoText(value as Instant),
};

/** `2026-01-01T10:00:00.5Z`, to the nanosecond, without zeros at the end of the fraction. */
function isoText(instant: Instant): string {
  const seconds = new Date(instant.getEpochSeconds() * 1000).toISOString().replace(".000Z", "");
  const fraction = String(instant.getNanoSeconds()).padStart(9, "0").replace(/0+$/, "");
  return `${seconds}${fraction ? `.${fraction}` : ""}Z`;
}
