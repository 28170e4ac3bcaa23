import { AppError } from "@/lib/errors";
import { type AggregationRule, aggregationRules } from "@/lib/registry/types";
import type { Family } from "./schema";

/** One feature of a family, with everything filled in. */
export interface Spelled {
  name: string;
  description: string;
  family: string;
  type: Family["type"];
  unit?: string;
  windowDays?: number;
  aggregation?: AggregationRule;
  weight?: string;
}

/** What of a family holds placeholders. The SQL is filled in by the macro `features`, in the same way. */
const templates = ["name", "description", "family", "unit", "window", "aggregation", "weight"] as const;
type Filled = Partial<Record<(typeof templates)[number], string>>;

/**
 * The features of a family, in the order in which the macro `features` writes them: the last dimension varies fastest.
 * @throws AppError BAD_INPUT that begins with `place`
 */
export function spellFamily(family: Family, place: string): Spelled[] {
  let rows: Filled[] = [
    Object.fromEntries(
      templates.flatMap((field) => (family[field] === undefined ? [] : [[field, String(family[field])]])),
    ),
  ];
  for (const [dimension, values] of Object.entries(family.over)) {
    const replacements = values.map((value): [string, string][] =>
      typeof value === "object"
        ? Object.entries(value).map(([part, text]) => [`{${dimension}.${part}}`, String(text)])
        : [[`{${dimension}}`, String(value)]],
    );
    rows = rows.flatMap((row) => replacements.map((pairs) => fill(row, pairs)));
  }
  return rows.map((row) => finish(row, family, place));
}

function fill(row: Filled, pairs: [string, string][]): Filled {
  const filled: Filled = {};
  for (const field of templates) {
    let text = row[field];
    if (text === undefined) continue;
    if (text.includes("{"))
      for (const [placeholder, value] of pairs) text = text.replaceAll(placeholder, () => value);
    filled[field] = text;
  }
  return filled;
}

function finish({ name = "", ...row }: Filled, family: Family, place: string): Spelled {
  const wrong = (what: string) => new AppError("BAD_INPUT", `${place}: the family "${family.name}": ${what}`);
  const left = Object.values({ name, ...row }).find((text) => /\{\w+(\.\w+)?\}/.test(text));
  if (left !== undefined) throw wrong(`"${left}" has a placeholder that \`over\` does not fill`);
  if (!/^[A-Za-z_]\w*$/.test(name)) throw wrong(`"${name}" is no column's name`);
  const windowDays = row.window === undefined ? undefined : Number(row.window);
  if (windowDays !== undefined && !(Number.isInteger(windowDays) && windowDays > 0)) {
    throw wrong(`the window of ${name} is "${row.window}", not a number of days`);
  }
  const aggregation = aggregationRules.find((rule) => rule === row.aggregation);
  if (row.aggregation !== undefined && !aggregation) {
    throw wrong(`"${row.aggregation}" is no rule of aggregation; there are ${aggregationRules.join(", ")}`);
  }
  return {
    name,
    type: family.type,
    description: row.description ?? "",
    family: row.family ?? "",
    ...(row.unit ? { unit: row.unit } : {}),
    ...(windowDays ? { windowDays } : {}),
    ...(aggregation ? { aggregation } : {}),
    ...(row.weight ? { weight: row.weight } : {}),
  };
}
