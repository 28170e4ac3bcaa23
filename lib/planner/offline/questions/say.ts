import { count } from "@/lib/figures";
import { plainWords } from "@/lib/plain-words";
import type { Registry } from "@/lib/registry/types";
import { filterLabel } from "@/lib/sql";
import type { Cell } from "@/lib/warehouse";
import { figureOf, shownColumn } from "./question-sql";
import type { DataQuestion } from "./types";

const aggregateWords = {
  avg: "average",
  median: "median",
  sum: "sum",
  min: "least",
  max: "greatest",
} as const;
const longestName = 120;

/** How a question was read, with the names of the columns, so that a wrong reading is seen. */
export function sayReading(question: DataQuestion, registry: Registry): string {
  const { entity, measure, by, filters, ranking } = question;
  const rows = pluralOf(entity, registry);
  const what =
    measure.kind === "count"
      ? `the number of ${rows}`
      : measure.kind === "value"
        ? `${measure.column.table}.${measure.column.name}`
        : `the ${aggregateWords[measure.aggregate]} of ${measure.column.table}.${measure.column.name} over ${rows}`;
  const split = by ? ` for each ${nameOf(question)}` : "";
  const where =
    filters.length > 0 ? `, where ${filters.map((filter) => filterLabel(filter)).join(" and ")}` : "";
  const order = ranking
    ? `, the ${ranking.first} ${ranking.limit}${by && measure.kind !== "value" ? `; ${rows} without a ${bareName(question)} are left out` : ""}`
    : "";
  const others = [
    ...(measure.kind === "count" ? [] : measure.others),
    ...(by?.kind === "column" ? by.others : []),
  ].map(({ table, name }) => `${table}.${name}`);
  const could = others.length > 0 ? ` Name ${others.join(" or ")} if you meant that.` : "";
  return `Read as: ${what}${split}${where}${order}.${could}`;
}

/** The answer in a sentence, from the rows that came. */
export function sayAnswer(question: DataQuestion, rows: Cell[][], registry: Registry): string {
  const { by, ranking, measure, entity } = question;
  const figure = figureOf(question, registry).name;
  const what = measure.kind === "count" ? pluralOf(entity, registry) : figure;
  if (rows.length === 0) return "No row fits, so there is nothing to compare.";
  if (!by) return rows[0]?.[0] === null ? `No ${what} is known there.` : `${what}: **${say(rows[0]?.[0])}**.`;
  const counted = (cell: Cell | undefined) => (measure.kind === "count" && cell === 1 ? entity : what);
  if (!ranking) return sayGroups(question, rows, counted);
  const best = rows[0]?.[1] ?? null;
  const first = rows.filter((row) => row[1] === best).map((row) => `**${label(row[0], question)}**`);
  const end = ranking.first === "greatest" ? "most" : "fewest";
  // Where all that were asked for are alike, more of them may be.
  const atLeast = first.length === ranking.limit ? "At least " : "";
  const names = first.length > 5 ? `${atLeast}${first.length} of them` : listed(first);
  const verb =
    first.length > 1 ? "share the first place" : measure.kind === "count" ? `has the ${end}` : "comes first";
  const unit = measure.kind === "count" ? ` ${counted(best)}` : "";
  return `${names} ${verb}: ${say(best)}${unit}${measure.kind === "count" ? "" : ` (${what})`}.`;
}

/** How many groups there are, and the greatest of them. */
function sayGroups(
  question: DataQuestion,
  rows: Cell[][],
  counted: (figure: Cell | undefined) => string,
): string {
  const known = rows.filter((row) => row[0] !== null && typeof row[1] === "number");
  const greatest = known.reduce<Cell[] | undefined>(
    (best, row) => (Number(row[1]) > Number(best?.[1] ?? Number.NEGATIVE_INFINITY) ? row : best),
    undefined,
  );
  const groups = `${count(rows.length)} ${rows.length === 1 ? "row" : "rows"}, one for each ${nameOf(question)}`;
  return greatest
    ? `${groups}. The greatest is **${label(greatest[0], question)}**: ${say(greatest[1])} ${counted(greatest[1])}.`
    : `${groups}.`;
}

function bareName({ by }: DataQuestion): string {
  if (!by) return "";
  return by.kind === "entity" ? by.entity : by.kind === "time" ? by.column.name : shownColumn(by).name;
}

function nameOf({ by }: DataQuestion): string {
  if (!by) return "";
  if (by.kind === "time") return `${by.unit} of ${by.column.table}.${by.column.name}`;
  return by.kind === "entity" ? by.entity : `${by.column.table}.${shownColumn(by).name}`;
}

function pluralOf(entity: string, { entities }: Registry): string {
  return entities.find(({ name }) => name === entity)?.plural ?? `${entity}s`;
}

function listed(names: string[]): string {
  return names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : (names[0] ?? "");
}

/** A name as it stands; a stretch of time as far as it is told apart. */
function label(cell: Cell | undefined, { by }: DataQuestion): string {
  const text = plainWords(String(cell ?? "unknown")).slice(0, longestName);
  if (by?.kind !== "time") return text;
  return text.slice(0, by.unit === "year" ? 4 : by.unit === "month" ? 7 : 10);
}

function say(cell: Cell | undefined): string {
  if (typeof cell !== "number") return plainWords(String(cell ?? "unknown")).slice(0, longestName);
  return Number.isInteger(cell)
    ? count(cell)
    : count(Math.abs(cell) < 1000 ? Number(cell.toPrecision(6)) : Math.round(cell));
}
