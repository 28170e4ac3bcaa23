import type { AggregationRule } from "@/lib/registry/types";
import { spellOut } from "./abbreviations";
import type { TableStructure } from "./infer-structure";
import type { ColumnProfile, TableProfile } from "./profile-table";

/** The words of a column's name alone: the group that its feature belongs to and what it is called in sentences. */
export function wordsOf(name: string): string {
  return spellOut(name);
}

/**
 * "departure delay of flights, from -43 to 1301": the table's name tells apart what several tables call the same. Of
 * personal data no value is told: a description is seen by everyone, and by the planner.
 */
export function describeColumn(
  column: ColumnProfile,
  table: TableProfile,
  structure: TableStructure,
  { refersTo, pii }: { refersTo: string | null; pii: boolean },
): string {
  const said = `${meaningOf(column, table, structure)} of ${wordsOf(table.name)}`;
  if (refersTo) return `${said}; refers to ${refersTo}`;
  if (structure.grain.length === 1 && structure.grain[0] === column.name) {
    return `${said}; identifies one ${wordsOf(structure.entity)}`;
  }
  if (pii) return said;
  if (column.min !== undefined && column.max !== undefined) {
    return column.min === column.max
      ? `${said}; always ${column.min}`
      : `${said}, from ${column.min} to ${column.max}`;
  }
  if (column.examples.length === 0) return said;
  return `${said}, for instance ${column.examples
    .slice(0, 3)
    .map((value) => value.slice(0, 40))
    .join(", ")}`;
}

/** Does the table hold what a maker puts on a thing? Then its `year` is the year it was made. */
export function hasMakers(columns: { name: string }[]): boolean {
  return columns.some(({ name }) => /^(manufacturer|make|maker|brand|model|vin)$/.test(name));
}

function meaningOf(column: ColumnProfile, table: TableProfile, structure: TableStructure): string {
  const isDated = table.columns.some(({ name }) => name === "month");
  if (column.name === "year" && column.type === "integer" && hasMakers(table.columns) && !isDated) {
    return "year of manufacture";
  }
  const isNumber = column.name === structure.entity && column.type === "integer";
  return isNumber ? `${wordsOf(column.name)} number` : wordsOf(column.name);
}

/** "Weather: one row per origin and time hour. Holds temperature, dew point, …" */
export function describeTable(table: TableProfile, structure: TableStructure): string {
  const named = wordsOf(table.name);
  const keys = new Set([...structure.grain, ...structure.keys.flatMap(({ columns }) => columns)]);
  const held = table.columns.filter(({ name }) => !keys.has(name)).map(({ name }) => wordsOf(name));
  const rows =
    structure.grain.length > 0 ? `: one row per ${structure.grain.map(wordsOf).join(" and ")}` : "";
  const shown = held.slice(0, 12).join(", ");
  const holds = held.length > 0 ? ` Holds ${shown}${held.length > 12 ? " and more" : ""}.` : "";
  return `${named.charAt(0).toUpperCase()}${named.slice(1)}${rows}.${holds}`;
}

const units: Record<string, string> = {
  km: "km",
  kg: "kg",
  mph: "mph",
  kmh: "km/h",
  usd: "USD",
  eur: "EUR",
  gbp: "GBP",
  inr: "INR",
  pct: "%",
  percent: "%",
  sqft: "sq ft",
  sqm: "m²",
  celsius: "°C",
  fahrenheit: "°F",
  ms: "ms",
  seconds: "s",
  secs: "s",
  minutes: "min",
  mins: "min",
  hours: "h",
  days: "days",
};

/** The unit that the last word of a number's name says; nothing where it says none. */
export function unitOf(column: ColumnProfile): string | undefined {
  if (column.type === "text" || column.type === "boolean") return undefined;
  const last = column.name.split("_").at(-1) ?? "";
  return column.name === last ? undefined : units[last];
}

/** Only what a name says beyond doubt; for the rest the chat asks. */
export function ruleOf(column: ColumnProfile): AggregationRule | undefined {
  if (column.type === "integer" && /(^(n|num|number_of|count)_|_(count|cnt)$)/.test(column.name))
    return "sum";
  if (column.type === "boolean" && /^(is|has|was|did)_|_flag$/.test(column.name)) return "flag_any";
  return undefined;
}
