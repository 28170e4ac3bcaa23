import { hasMakers, wordsOf } from "./describe";
import type { DraftColumn, DraftDerived } from "./draft";
import type { TableStructure } from "./infer-structure";
import { distinctNames } from "./names";
import type { TableProfile } from "./profile-table";

/** A calendar year by its name and, below, by all of its values. */
const yearName = /^(?:year|year_(?:of_)?(.+)|(.+)_year)$/;
const years = { first: 1800, last: 2200 };
/** Years of a thing's beginning: its plain age counts from there. */
const beginnings =
  /^(|birth|born|built|build|construction|made|make|manufacture|manufactured|manufacturing|production|foundation|founded|founding|established|launched|opened)$/;
/** A period that is observed or is still to come: nothing has an age since then. */
const periods =
  /^(fiscal|financial|tax|budget|academic|school|reporting|report|census|survey|assessment|season|end|ending|expiry|expiration|expired|due|target|to_date)$/;

/**
 * The ages that follow from a table's calendar years: `age` from `year` or `birth_year`, `model_age` from `model_year`. None
 * in a table of events, and none from a year that tells the rows apart.
 */
export function agesOf(
  table: TableProfile,
  structure: TableStructure,
  columns: DraftColumn[],
): DraftDerived[] {
  if (structure.eventTime !== undefined) return [];
  const names = columns.map(({ name }) => name);
  const keys = new Set([...structure.grain, ...structure.keys.flatMap((key) => key.columns)]);
  // A year beside a month, or in rows that nothing identifies, is when something was seen.
  const isWhenSeen =
    names.some((name) => /^(month|quarter|week|day)$/.test(name)) ||
    (structure.rowNumber !== undefined && !hasMakers(columns));
  const found = columns.flatMap((column) => {
    const match = yearName.exec(column.name);
    const of = match?.[1] ?? match?.[2] ?? "";
    const isYear = match !== null && !periods.test(of) && (of !== "" || !isWhenSeen);
    return isYear && !keys.has(column.name) && holdsYears(column) ? [{ column, of }] : [];
  });
  const taken = structure.rowNumber ? [...names, structure.rowNumber] : names;
  const wanted = found.map(({ of }) => (beginnings.test(of) ? "age" : `${of}_age`));
  const distinct = distinctNames([...taken, ...wanted]).slice(taken.length);
  return found.map(({ column }, index): DraftDerived => {
    const name = distinct[index] as string;
    return {
      name,
      kind: "years_since",
      column: column.name,
      description: `${wordsOf(name)} of ${wordsOf(table.name)} in years at the row's time: years since ${table.name}.${column.name}`,
      unit: "years",
      family: column.family,
      pii: column.pii,
    };
  });
}

function holdsYears({ type, seen }: DraftColumn): boolean {
  return type === "integer" && Number(seen?.min) >= years.first && Number(seen?.max) <= years.last;
}
