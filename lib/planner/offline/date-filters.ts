import { distances } from "../reach";
import type { PlannedRequest } from "../schema";
import { dateAt, endOf, startOf, type WrittenDate } from "./dates";
import { cueAt } from "./lexicon";
import { markOwner } from "./owner";
import { nameWords, stem, type Token } from "./text";
import type { Vocabulary } from "./vocabulary";

type Filter = PlannedRequest["filters"][number];
type Side = "from" | "after" | "before" | "until" | "in";

const sequences = (text: string) => text.split("|").map((entry) => entry.split(" "));
const cues: [Side, string[][]][] = [
  ["from", sequences("since|from|on or after|starting|starting from")],
  ["after", sequences("after|later than|past")],
  ["before", sequences("before|earlier than|prior to")],
  ["until", sequences("until|till|up to|on or before|by")],
  ["in", sequences("in|during|within|on")],
];

/** "Onboarded since January 2025", "joined before 2024": filters on the date column that the words beside them name. */
export function readDateFilters(tokens: Token[], entity: string | null, vocabulary: Vocabulary): Filter[] {
  const filters: Filter[] = [];
  for (let at = 0; at < tokens.length; at++) {
    for (const [side, sequencesOf] of cues) {
      const length = cueAt(tokens, at, sequencesOf);
      const date = length > 0 ? (dateAt(tokens, at + length) ?? yearAt(tokens, at + length)) : null;
      if (!date) continue;
      const verb = verbBefore(tokens, at);
      const made = verb && yearColumnOf(verb, date, entity, vocabulary);
      const named = made ? null : verb && columnOf(verb, entity, vocabulary);
      const column = named ?? eventTimeOf(entity, vocabulary);
      if (!made && !column) continue;
      const words = tokens.slice(verb && (made || named) ? verb.index : at, date.end);
      for (const token of words) token.mark = "filter";
      const phrase = words.map(({ text }) => text).join(" ");
      if (made) {
        markOwner(tokens, words[0]?.index ?? 0, made.table, vocabulary);
        filters.push(yearFilter(side, Number(date.year), made, phrase));
      } else if (column) filters.push(filterOf(side, date, column, phrase, vocabulary.registry.asOf));
      at = date.end - 1;
      break;
    }
  }
  return filters;
}

function filterOf(
  side: Side,
  date: WrittenDate,
  column: { table: string; column: string; isDate: boolean },
  phrase: string,
  asOf: string,
): Filter {
  const first = startOf(date, asOf);
  const last = column.isDate ? endOf(date, asOf).slice(0, 10) : endOf(date, asOf);
  const [operator, values] = (
    {
      from: ["gte", [first]],
      after: ["gt", [last]],
      before: ["lt", [first]],
      until: ["lte", [last]],
      in: ["between", [first, last]],
    } as const
  )[side];
  return {
    phrase,
    table: column.table,
    column: column.column,
    operator,
    values: [...values],
    mode: "replace",
  };
}

/** "Built before 2000", "a model year after 2010": the calendar year that an age of the registry is counted from. */
function yearColumnOf(
  verb: Token,
  date: WrittenDate,
  entity: string | null,
  { registry }: Vocabulary,
): { table: string; column: string } | null {
  if (date.year === null || date.month !== null) return null;
  const reach = entity ? distances(entity, registry) : null;
  const isMade = /^(built|made|manufactured|constructed|produced|born|founded|established)$/.test(verb.word);
  const [nearest] = registry.features
    .flatMap(({ table, name, derived }) => (derived ? [{ table, age: name, column: derived.column }] : []))
    .filter(({ table, age, column }) => {
      const isNamed = nameWords(column).map(stem).includes(verb.stem);
      return (!reach || reach.has(table)) && (isNamed || (isMade && age === "age"));
    })
    .sort((a, b) => (reach?.get(a.table) ?? 5) - (reach?.get(b.table) ?? 5));
  return nearest ? { table: nearest.table, column: nearest.column } : null;
}

function yearFilter(
  side: Side,
  year: number,
  { table, column }: { table: string; column: string },
  phrase: string,
): Filter {
  const operator = ({ from: "gte", after: "gt", before: "lt", until: "lte", in: "in" } as const)[side];
  return { phrase, table, column, operator, values: [year], mode: "replace" };
}

/** A year alone is a date only after a cue. */
function yearAt(tokens: Token[], at: number): WrittenDate | null {
  const word = tokens[at]?.word ?? "";
  if (!/^(19|20)\d{2}$/.test(word)) return null;
  return { year: Number(word), month: null, day: null, instant: null, end: at + 1 };
}

function verbBefore(tokens: Token[], at: number): Token | null {
  const found = tokens
    .slice(Math.max(0, at - 3), at)
    .findLast(({ mark, word }) => !mark && !/^(on|in|at|the|us|only|is|are|was|were)$/.test(word));
  return found ?? null;
}

/** "Flights in January 2013": rows that have a time of their own are dated by it. */
function eventTimeOf(entity: string | null, { registry }: Vocabulary) {
  const table = registry.tables.find((one) => one.kind === "entity" && one.entity === entity);
  return table?.eventTime ? { table: table.name, column: table.eventTime, isDate: false } : null;
}

/** The date column whose name holds the word, nearest to the rows; else the only date of the entity's own table. */
function columnOf(verb: Token, entity: string | null, vocabulary: Vocabulary) {
  const { registry } = vocabulary;
  const reach = entity ? distances(entity, registry) : null;
  const dates = registry.features.filter(
    ({ type, table }) => (type === "date" || type === "timestamp") && (!reach || reach.has(table)),
  );
  const named = dates
    .filter(({ name }) => nameWords(name).map(stem).includes(verb.stem))
    .sort((a, b) => (reach?.get(a.table) ?? 5) - (reach?.get(b.table) ?? 5))[0];
  const own = dates.filter(({ table }) => reach?.get(table) === 0);
  const began = /^(join|start|onboard|register|sign|creat|add|list|open)/.test(verb.stem);
  const found = named ?? (began && own.length === 1 ? own[0] : undefined);
  return found ? { table: found.table, column: found.name, isDate: found.type === "date" } : null;
}
