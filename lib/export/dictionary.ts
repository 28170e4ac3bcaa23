import { derivationText } from "@/lib/registry/derivation";
import type { ColumnLineage } from "./lineage";

/**
 * The data dictionary as CSV (RFC 4180, UTF-8, a header line). Text that a spreadsheet would run as a formula gets a leading
 * apostrophe; numbers stay as they are.
 */
export function dictionaryCsv(columns: readonly ColumnLineage[]): string {
  const lines = columns.map((column) => fields.map(([, read]) => field(read(column))).join(","));
  return [fields.map(([name]) => name).join(","), ...lines, ""].join("\r\n");
}

const fields: [name: string, read: (column: ColumnLineage) => string | number | boolean | null][] = [
  ["column", (c) => c.name],
  ["role", (c) => c.role],
  ["type", (c) => c.type],
  ["description", (c) => c.description],
  ["unit", (c) => c.unit],
  ["window_days", (c) => c.windowDays],
  ["source_table", (c) => c.source?.table ?? null],
  ["source_column", (c) => c.source?.column ?? null],
  ["computed", (c) => (c.derived ? derivationText(c.derived) : null)],
  ["join_path", (c) => c.path.join("; ")],
  ["cardinality", (c) => c.cardinality],
  ["aggregation", (c) => (c.weight ? `${c.aggregation} by ${c.weight}` : c.aggregation)],
  ["null_rate", (c) => Number(c.nullRate.toFixed(6))],
  ["pii", (c) => c.pii],
  ["owner", (c) => c.owner],
];

function field(value: string | number | boolean | null): string {
  if (value === null) return "";
  if (typeof value !== "string") return String(value);
  // Spreadsheets also look behind leading white space.
  const safe = /^\s*[=+\-@]/.test(value) ? `'${value}` : value;
  return /[",\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
