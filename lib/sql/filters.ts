import type { Filter, PlannedFilter } from "@/lib/feature-set";
import { isDateText } from "@/lib/feature-set";
import { plainWords } from "@/lib/plain-words";
import type { ColumnType } from "@/lib/registry/types";
import { quoteName } from "@/lib/warehouse/quote";
import { derivedSql, spineTime } from "./derived";
import { instantLiteral, type SqlDialect } from "./dialect";
import type { Statement } from "./statement";

/** Where a filter's value stands: on the spine's own table, or on the join that brought it. */
export function filterColumn(statement: Statement, filter: PlannedFilter, own = "t"): string {
  const { plan, internal } = statement;
  const { derived, join } = filter;
  const value =
    join === null
      ? `${own}.${quoteName(derived?.column ?? filter.column)}`
      : `${statement.cteName(join)}.${internal.filter(plan.spine.filters.indexOf(filter))}`;
  if (!derived || filter.appliedRule !== null) return value;
  // The table's own rows have no computed time yet; everything later has.
  const time = join === null && own === "t" ? spineTime(statement) : `s.${internal.time}`;
  return derivedSql(derived, value, time ?? "NULL");
}

export function filterCondition(statement: Statement, filter: PlannedFilter, own = "t"): string {
  return conditionSql(statement.dialect, filterColumn(statement, filter, own), filter);
}

/** Whether a column's value passes a filter; a value that is not known never does. */
export function conditionSql(
  dialect: SqlDialect,
  column: string,
  filter: Pick<PlannedFilter, "operator" | "type" | "values">,
): string {
  if (filter.operator === "is_null") return `${column} IS NULL`;
  if (filter.operator === "is_not_null") return `${column} IS NOT NULL`;
  const wholeDays = filter.type === "timestamp" && filter.values.every((value) => isDateText(String(value)));
  const type = wholeDays ? "date" : filter.type;
  const values = filter.values.map((value) => literal(dialect, value, type));
  return `${comparable(dialect, column, filter.type, wholeDays)} ${comparison(filter.operator, values)}`;
}

/** For people: `CITY in Pune, Mumbai`. */
export function filterLabel(filter: Filter & { appliedRule?: string | null }): string {
  const column = `${filter.appliedRule ? `${filter.appliedRule} of ` : ""}${filter.table}.${filter.column}`;
  const values = filter.values
    .map((value) => plainWords(String(value)))
    .join(filter.operator === "between" ? " and " : ", ");
  return `${column} ${operatorWords(filter)}${values ? ` ${values}` : ""}`;
}

/** The operator for people: `in`, `is not`, `≥`. */
export function operatorWords({ operator, values }: Pick<Filter, "operator" | "values">): string {
  const words: Record<Filter["operator"], string> = {
    in: values.length === 1 ? "is" : "in",
    not_in: values.length === 1 ? "is not" : "not in",
    gt: ">",
    gte: "≥",
    lt: "<",
    lte: "≤",
    between: "between",
    is_null: "is unknown",
    is_not_null: "is known",
  };
  return words[operator];
}

/** A date names a whole day, so against a time of day the days are compared. */
function comparable(dialect: SqlDialect, column: string, type: ColumnType, wholeDays: boolean): string {
  if (type !== "timestamp") return column;
  const utc = dialect.utc(column, type);
  return wholeDays ? `CAST(${utc} AS DATE)` : utc;
}

function comparison(operator: Filter["operator"], values: string[]): string {
  const [first = "NULL", second = "NULL"] = values;
  switch (operator) {
    case "in":
      return values.length === 1 ? `= ${first}` : `IN (${values.join(", ")})`;
    case "not_in":
      return values.length === 1 ? `<> ${first}` : `NOT IN (${values.join(", ")})`;
    case "between":
      return `BETWEEN ${first} AND ${second}`;
    default:
      return `${{ gt: ">", gte: ">=", lt: "<", lte: "<=", is_null: "IS", is_not_null: "IS NOT" }[operator]} ${first}`;
  }
}

function literal(dialect: SqlDialect, value: Filter["values"][number], type: ColumnType): string {
  if (type === "boolean") return value ? "TRUE" : "FALSE";
  if (type === "text") return dialect.text(String(value));
  if (type === "date") return `CAST(${dialect.text(String(value))} AS DATE)`;
  if (type === "timestamp") return instantLiteral(String(value));
  return String(value);
}
