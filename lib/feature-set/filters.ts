import { AppError } from "@/lib/errors";
import type { ColumnType } from "@/lib/registry/types";
import type { Filter } from "./schema";
import { isDateText, utcText } from "./time";

type Value = Filter["values"][number];

/**
 * Holds a filter's values against its column's type, before any SQL.
 * @throws AppError FEATURE_SET_INVALID that names the column, the type and the value
 */
export function checkFilter(filter: Filter, type: ColumnType): void {
  const { operator, values } = filter;
  const complain = (what: string) =>
    new AppError("FEATURE_SET_INVALID", `The filter on ${filter.table}.${filter.column} ${what}.`, {
      details: { table: filter.table, column: filter.column, operator, type },
    });
  const wanted = valueCount(operator);
  if (wanted === "some" ? values.length === 0 : values.length !== wanted) {
    throw complain(
      `(${operator}) needs ${wanted === "some" ? "at least one value" : wanted === 1 ? "one value" : `${wanted} values`}, not ${values.length}`,
    );
  }
  if (type === "boolean" && !["in", "not_in", "is_null", "is_not_null"].includes(operator)) {
    throw complain(`(${operator}) cannot order true and false`);
  }
  for (const value of values) {
    if (!fits[type](value))
      throw complain(`holds ${type}, and ${JSON.stringify(value)} is not ${named[type]}`);
  }
}

function valueCount(operator: Filter["operator"]): 0 | 1 | 2 | "some" {
  if (operator === "in" || operator === "not_in") return "some";
  if (operator === "between") return 2;
  return operator === "is_null" || operator === "is_not_null" ? 0 : 1;
}

const isNumeric = (value: Value) =>
  typeof value === "number"
    ? Number.isFinite(value)
    : typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value);

const fits: Record<ColumnType, (value: Value) => boolean> = {
  integer: isNumeric,
  float: isNumeric,
  decimal: isNumeric,
  text: (value) => typeof value === "string" && !value.includes("\0"),
  boolean: (value) => typeof value === "boolean",
  date: (value) => typeof value === "string" && isDateText(value),
  timestamp: (value) => typeof value === "string" && utcText(value) !== null,
};

const named: Record<ColumnType, string> = {
  integer: "a number",
  float: "a number",
  decimal: "a number",
  text: "text",
  boolean: "true or false",
  date: "a date like 2026-01-31",
  timestamp: "a date or a time like 2026-01-31T12:00:00Z",
};
