import type { ChartedResult } from "./spec";

/** A column as a chart sees it. `label`: a number that names something, such as an id; it is never measured. */
export interface ChartColumn {
  name: string;
  index: number;
  role: "time" | "number" | "name" | "label";
  /** Different values, NULL being one of them. */
  distinct: number;
}

const numeric = new Set(["integer", "float", "decimal"]);
const timely = new Set(["date", "timestamp"]);
const isoDate = /^\d{4}-\d{2}(-\d{2})?([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?Z?)?$/;
const identifier = /(^|_)(id|ids|code|key|pin|pincode|zip|zipcode|phone|hash)$/i;
const period = /(^|_)(year|month|week|quarter|day)$/i;

/** What each column of a result can be on a chart. */
export function chartColumns({ columns, rows }: ChartedResult): ChartColumn[] {
  return columns.map(({ name, type }, index) => {
    const values = rows.map((row) => row[index] ?? null);
    return { name, index, role: roleOf(name, type, values), distinct: new Set(values).size };
  });
}

function roleOf(name: string, type: string, values: ChartedResult["rows"][number]): ChartColumn["role"] {
  if (timely.has(type)) return "time";
  if (numeric.has(type)) return identifier.test(name) ? "label" : "number";
  const known = values.filter((value) => value !== null);
  const isTime = known.length > 0 && known.every((value) => isoDate.test(String(value)));
  return isTime ? "time" : "name";
}

/** "year", "LISTED_MONTH": a whole number that counts time, so that its values follow each other. */
export function isPeriod({ name, role }: ChartColumn): boolean {
  return role === "number" && period.test(name);
}

/** Numbers may come as text, where they have more digits than JavaScript keeps. */
export function numberOf(cell: string | number | boolean | null | undefined): number | null {
  if (cell === null || cell === undefined || cell === "" || typeof cell === "boolean") return null;
  const value = Number(cell);
  return Number.isFinite(value) ? value : null;
}

/** Milliseconds since 1970; a time without a zone is UTC, as the warehouse gives it. */
export function timeOf(cell: string | number | boolean | null | undefined): number | null {
  if (typeof cell !== "string" || !isoDate.test(cell)) return null;
  const text = cell.replace(" ", "T");
  const value = Date.parse(text.includes("T") && !text.endsWith("Z") ? `${text}Z` : text);
  return Number.isFinite(value) ? value : null;
}
