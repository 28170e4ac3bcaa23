import type { QueryRows } from "@/agents/parts";

type Table = Pick<QueryRows, "columns" | "rows">;

const numeric = new Set(["integer", "float", "decimal"]);
const isNumber = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;
/** A spreadsheet takes a cell that begins so for a formula, and runs it. */
const formula = /^[\s\p{Cc}\p{Cf}]*[=+\-@|%＝＋－＠]/u;

/**
 * Rows as CSV (RFC 4180: commas, CRLF, quotes doubled). Text that a spreadsheet would run as a formula gets an apostrophe
 * before it, which spreadsheets hide; numbers stay as they are. NULL is an empty cell, empty text is quoted.
 */
export function toCsv({ columns, rows }: Table): string {
  const header = columns.map(({ name }) => quoted(name));
  const lines = rows.map((row) => columns.map(({ type }, index) => csvCell(row[index] ?? null, type)));
  return [header, ...lines].map((cells) => `${cells.join(",")}\r\n`).join("");
}

function csvCell(value: Table["rows"][number][number], type: string): string {
  if (value === null) return "";
  if (typeof value !== "string") return String(value);
  return numeric.has(type) && isNumber.test(value) ? value : quoted(value);
}

function quoted(text: string): string {
  const safe = formula.test(text) ? `'${text}` : text;
  return safe === "" || /[",\r\n\t']|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
