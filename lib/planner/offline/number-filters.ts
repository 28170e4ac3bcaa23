import type { FeatureSet } from "@/lib/feature-set/schema";
import type { Feature } from "@/lib/registry/types";
import { conditionText } from "../condition-text";
import { distances } from "../reach";
import type { PlannedRequest } from "../schema";
import type { Clause } from "./clauses";
import type { Condition } from "./conditions";
import { entityAt } from "./entity";
import { fillers, unitSeconds } from "./lexicon";
import { markOwner } from "./owner";
import { nameWords, singular, stem, type Token } from "./text";
import type { Vocabulary } from "./vocabulary";

type Filter = PlannedRequest["filters"][number];
type Unresolved = PlannedRequest["unresolved"][number];

const numeric = new Set(["integer", "float", "decimal"]);
const inverse: Partial<Record<Filter["operator"], Filter["operator"]>> = {
  gt: "lte",
  gte: "lt",
  lt: "gte",
  lte: "gt",
  in: "not_in",
};
/** Words of a feature's name that say only that it is a number of something. */
const countWords = new Set(["count", "num", "number", "n", "total", "cnt", "no", "avg", "mean", "current"]);
const moneyWords = new Set(
  [
    "price",
    "income",
    "revenue",
    "spend",
    "cost",
    "budget",
    "value",
    "amount",
    "inr",
    "salary",
    "rent",
    "gmv",
  ].map(stem),
);
const distanceWords = new Set(["distance", "km", "miles", "length"].map(stem));
const timeWords = new Set(
  ["age", "tenure", "duration", "days", "months", "years", "year", "hours"].map(stem),
);

const unitWords = { money: moneyWords, time: timeWords, distance: distanceWords, percent: new Set<string>() };

/** A comparison with the columns that it may speak of: none, the one, or several that fit as well. */
export interface ReadNumber {
  condition: Condition;
  clause: Clause;
  phrase: string;
  columns: Feature[];
}

/** Finds the numeric columns whose names fit the words beside each comparison best, and marks these words. */
export function readNumbers(
  conditions: Condition[],
  clauses: Clause[],
  entity: string | null,
  vocabulary: Vocabulary,
  featureSet: FeatureSet | null,
): ReadNumber[] {
  const reach = entity ? distances(entity, vocabulary.registry) : new Map<string, number>();
  return conditions.flatMap((condition) => {
    const clause = clauses.find(({ tokens }) => tokens.some(({ index }) => index === condition.start));
    if (!clause) return [];
    const nouns = nounsOf(clause, condition, vocabulary);
    const known = [...nouns, []].map((said) => ({
      said,
      columns: bestColumns(said, condition, entity, reach, vocabulary),
    }));
    const { said, columns } = known.find((one) => one.columns.length > 0) ?? {
      said: nouns[0] ?? [],
      columns: nouns.length === 0 ? lastFiltered(featureSet, vocabulary) : [],
    };
    for (const token of said) token.mark = "filter";
    const [column] = columns;
    if (column && columns.length === 1) {
      markOwner(clause.tokens, said[0]?.index ?? condition.start, column.table, vocabulary);
    }
    return [{ condition, clause, phrase: phraseOf(clause, condition, said), columns }];
  });
}

/** The filters that comparisons mean. Called when it is known which clauses rule out. */
export function numberFilters(numbers: ReadNumber[]): { filters: Filter[]; unresolved: Unresolved[] } {
  const filters: Filter[] = [];
  const unresolved: Unresolved[] = [];
  for (const { condition, clause, phrase, columns } of numbers) {
    const found = columns.slice(0, 5).map((column) => filterOf(condition, clause, column, phrase));
    const [only] = found;
    if (only && found.length === 1) filters.push(only);
    else {
      const reason = only ? "value_ambiguous" : "features_unknown";
      unresolved.push({ phrase, reason, table: null, column: null, suggestions: found.map(conditionText) });
    }
  }
  return settle(filters, unresolved);
}

function filterOf(condition: Condition, clause: Clause, column: Feature, phrase: string): Filter {
  const values = condition.values.map((value) => inUnitOf(column, value, condition));
  const excluded = clause.mood === "exclude" ? inverse[condition.operator] : undefined;
  return {
    phrase,
    table: column.table,
    column: column.name,
    operator: excluded ?? condition.operator,
    values,
    mode: "replace",
  };
}

/** Two comparisons of one column hold together, unless no number fits both. */
function settle(
  filters: Filter[],
  unresolved: Unresolved[],
): { filters: Filter[]; unresolved: Unresolved[] } {
  const kept: Filter[] = [];
  for (const filter of filters) {
    const other = kept.find(({ table, column }) => table === filter.table && column === filter.column);
    if (!other) kept.push(filter);
    else if (compatible(other, filter)) kept.push({ ...filter, mode: "add" });
    else {
      kept.splice(kept.indexOf(other), 1);
      unresolved.push({
        phrase: `${other.phrase}, ${filter.phrase}`,
        reason: "contradiction",
        table: filter.table,
        column: filter.column,
        suggestions: [other, filter].map(({ operator, values }) => `${operator}:${values[0]}`),
      });
    }
  }
  return { filters: kept, unresolved };
}

function compatible(a: Filter, b: Filter): boolean {
  const [aLow, aHigh] = boundsOf(a);
  const [bLow, bHigh] = boundsOf(b);
  const low = Math.max(aLow, bLow);
  const high = Math.min(aHigh, bHigh);
  const strict = [a, b].some(({ operator }) => operator === "gt" || operator === "lt");
  return strict ? low < high : low <= high;
}

function boundsOf({ operator, values }: Filter): [number, number] {
  const [first = 0, second = first] = values.map(Number);
  if (operator === "gt" || operator === "gte") return [first, Number.POSITIVE_INFINITY];
  if (operator === "lt" || operator === "lte") return [Number.NEGATIVE_INFINITY, first];
  return operator === "not_in" ? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] : [first, second];
}

/** "Make that at least 20" speaks of the one number that the set is filtered by. */
function lastFiltered(featureSet: FeatureSet | null, { registry }: Vocabulary): Feature[] {
  const columns = (featureSet?.filters ?? []).flatMap(({ table, column }) =>
    registry.features.filter((one) => one.table === table && one.name === column && numeric.has(one.type)),
  );
  return columns.length === 1 ? columns : [];
}

/** The words that say what is compared, the likeliest first: those after the number ("10 listings"), else those before it ("rated above 4"). */
function nounsOf(clause: Clause, { start, end }: Condition, vocabulary: Vocabulary): Token[][] {
  const { tokens } = clause;
  const first = tokens.findIndex(({ index }) => index >= end);
  const last = tokens.findLastIndex(({ index }) => index < start);
  const after = run(tokens, first, 1, vocabulary);
  const before = run(tokens, last, -1, vocabulary).reverse();
  // Of "10 listings recently" the first word may be all that counts, of "whose buyer rating is above 4" the last.
  return [
    ...after.map((_, cut) => after.slice(0, after.length - cut)),
    ...before.map((_, cut) => before.slice(cut)),
  ];
}

function run(tokens: Token[], from: number, step: 1 | -1, vocabulary: Vocabulary): Token[] {
  const found: Token[] = [];
  for (let at = from; at >= 0 && at < tokens.length && found.length < 4; at += step) {
    const token = tokens[at] as Token;
    if (token.mark) break;
    // After the noun, "in the last month" and "sellers" begin something else.
    if (fillers.has(token.word) && !countWords.has(token.word)) {
      if (found.length > 0 && step === 1) break;
      if (found.length > 0 && /^(who|that|which|are|have|has|sellers)$/.test(token.word)) break;
      continue;
    }
    if (step === -1 && found.length > 0 && entityAt(tokens, at, vocabulary)) break;
    found.push(token);
  }
  return found;
}

function bestColumns(
  said: Token[],
  condition: Condition,
  entity: string | null,
  reach: Map<string, number>,
  vocabulary: Vocabulary,
): Feature[] {
  // "Longer than 1,000 miles": the unit says more of the column than the comparative does.
  const hints = condition.unit === "distance" ? [] : condition.hints;
  const wanted = [...said.map((token) => token.stem), ...hints.map(stem)];
  const unitHint = condition.unit ? unitWords[condition.unit] : new Set<string>();
  if (wanted.length === 0 && unitHint.size === 0) return [];
  const own = new Set(
    vocabulary.registry.tables.filter((one) => one.entity === entity).map(({ name }) => name),
  );
  let best: Feature[] = [];
  let top = 0;
  for (const feature of vocabulary.registry.features) {
    if (!numeric.has(feature.type) || feature.isKey || (reach.size > 0 && !reach.has(feature.table)))
      continue;
    const distance = reach.get(feature.table) ?? 5;
    // By its unit alone a column is told only among the rows' own.
    const fit = scoreOf(feature, wanted, distance === 0 ? unitHint : new Set(), distance);
    if (fit <= 0) continue;
    const score = fit + wordsIn(feature, said) - (own.has(feature.table) ? 0 : 60);
    if (score < top) continue;
    if (score > top) best = [];
    top = score;
    best.push(feature);
  }
  return best;
}

/** A word as it is written says more than one of the same stem. */
function wordsIn({ name }: Feature, said: Token[]): number {
  const names = nameWords(name);
  return said.filter(({ word }) => names.includes(word) || names.includes(singular(word))).length * 5;
}

/** All the words must be in the name; of such names the one with the fewest other words, nearest to the rows, is meant. */
function scoreOf(feature: Feature, wanted: string[], unitHint: Set<string>, distance: number): number {
  const names = nameWords(feature.name);
  const stems = new Set(names.map(stem));
  const telling = wanted.filter((word) => !countWords.has(word));
  if (telling.length === 0) {
    if (unitHint.size === 0 || ![...stems].some((word) => unitHint.has(word))) return 0;
  } else if (!telling.every((word) => stems.has(word))) return 0;
  const rest = names.filter((word) => !telling.includes(stem(word)) && !countWords.has(word));
  const counted = names.some((word) => countWords.has(word)) ? 1 : 0;
  return 1000 - rest.length * 20 - distance * 5 + counted - (feature.aggregation === "mean" ? 1 : 0);
}

function inUnitOf(column: Feature, value: number, condition: Condition): number {
  const unit = (column.unit ?? "").toLowerCase();
  if (condition.unit === "percent") {
    const isShare = /share|ratio|fraction|rate|0\.\.1|0-1/.test(unit) || Number(column.max ?? 100) <= 1;
    return isShare && !/percent|%|pct/.test(unit) ? round(value / 100) : value;
  }
  if (condition.unit === "money")
    return /lakh/.test(unit) ? round(value / 1e5) : /crore/.test(unit) ? round(value / 1e7) : value;
  if (condition.unit === "time") {
    const named = [...nameWords(column.name), unit].find((word) => word in secondsOf);
    if (!named) return value;
    const [said, held] = [condition.unitSeconds, secondsOf[named] ?? 1];
    const [saidMonths, heldMonths] = [monthsOf[said], monthsOf[held]];
    return round(saidMonths && heldMonths ? (value * saidMonths) / heldMonths : (value * said) / held);
  }
  return /lakh/.test(unit) && value >= 1e5 ? round(value / 1e5) : value;
}

const secondsOf: Record<string, number> = {
  seconds: 1,
  minutes: 60,
  hours: 3600,
  hour: 3600,
  days: 86_400,
  day: 86_400,
  weeks: 604_800,
  months: 2_592_000,
  month: 2_592_000,
  years: 31_536_000,
  year: 31_536_000,
};

/** By their seconds: a year is twelve months, not its days in months of thirty. */
const monthsOf: Record<number, number> = {
  [unitSeconds.month ?? 0]: 1,
  [unitSeconds.quarter ?? 0]: 3,
  [unitSeconds.year ?? 0]: 12,
};

function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

function phraseOf(clause: Clause, { start, end }: Condition, said: Token[]): string {
  const indexes = [...said.map(({ index }) => index), start, end - 1];
  const [first, last] = [Math.min(...indexes), Math.max(...indexes)];
  return clause.tokens
    .filter(({ index }) => index >= first && index <= last)
    .map(({ text }) => text)
    .join(" ");
}
