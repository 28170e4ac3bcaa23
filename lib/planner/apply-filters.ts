import type { Filter } from "@/lib/feature-set/schema";
import type { PlannedRequest } from "./schema";

type PlannedFilter = PlannedRequest["filters"][number];

/** The filters after a request: those it removes or replaces go first, then its own are put in. */
export function applyFilters(before: Filter[], planned: PlannedFilter[], changes: string[]): Filter[] {
  let filters = before;
  for (const removal of planned.filter(({ mode }) => mode === "remove")) {
    filters = filters.flatMap((filter) => lift(filter, removal));
    if (before.some((filter) => onSameColumn(filter, removal))) {
      changes.push(`The filter on ${removal.column} is lifted.`);
    }
  }
  const replacing = planned.filter(({ mode }) => mode === "replace");
  filters = filters.filter((filter) => !replacing.some((other) => onSameColumn(filter, other)));
  for (const { table, column, operator, values, mode } of planned) {
    if (mode === "remove") continue;
    const next = { table, column, operator, values: unique(values) };
    filters = mode === "add" ? addFilter(filters, next) : [...without(filters, next), next];
  }
  for (const filter of filters) {
    if (!before.some((other) => same(other, filter))) changes.push(`Only rows with ${filterText(filter)}.`);
  }
  return filters;
}

/** A filter in words: `CITY_NAME one of Mumbai, Pune`. */
export function filterText({ column, operator, values }: Filter): string {
  const list = values.join(", ");
  switch (operator) {
    case "in":
      return values.length === 1 ? `${column} = ${list}` : `${column} one of ${list}`;
    case "not_in":
      return values.length === 1 ? `${column} other than ${list}` : `${column} none of ${list}`;
    case "between":
      return `${column} between ${values.join(" and ")}`;
    case "is_null":
      return `no ${column}`;
    case "is_not_null":
      return `a known ${column}`;
    default:
      return `${column} ${{ gt: ">", gte: "≥", lt: "<", lte: "≤" }[operator]} ${list}`;
  }
}

function lift(filter: Filter, removal: PlannedFilter): Filter[] {
  if (!onSameColumn(filter, removal)) return [filter];
  const values = filter.values.filter((value) => !removal.values.includes(value));
  const liftsAll = removal.values.length === 0 || filter.operator !== "in" || values.length === 0;
  return liftsAll ? [] : [{ ...filter, values }];
}

function addFilter(filters: Filter[], next: Filter): Filter[] {
  const union = filters.find(
    (filter) =>
      onSameColumn(filter, next) && filter.operator === next.operator && /^(in|not_in)$/.test(next.operator),
  );
  if (!union) return [...without(filters, next), next];
  return filters.map((filter) =>
    filter === union ? { ...union, values: unique([...union.values, ...next.values]) } : filter,
  );
}

function without(filters: Filter[], next: Filter): Filter[] {
  return filters.filter((filter) => !same(filter, next));
}

function onSameColumn(a: { table: string; column: string }, b: { table: string; column: string }): boolean {
  return a.table === b.table && a.column === b.column;
}

function same(a: Filter, b: Filter): boolean {
  return (
    JSON.stringify([a.table, a.column, a.operator, a.values]) ===
    JSON.stringify([b.table, b.column, b.operator, b.values])
  );
}

function unique<T>(values: T[]): T[] {
  return [...new Set(values)];
}
