import type { FeatureSet } from "@/lib/feature-set/schema";
import { conditionText } from "../condition-text";
import { distances } from "../reach";
import type { PlannedRequest } from "../schema";
import { addCues } from "./lexicon";
import { nameWords, stem, type Token } from "./text";
import type { NamedValue } from "./values";
import type { Vocabulary } from "./vocabulary";

type Filter = PlannedRequest["filters"][number];
type Unresolved = PlannedRequest["unresolved"][number];
interface Column {
  table: string;
  column: string;
}

const leaving = new Set([
  "from",
  "out",
  "leaving",
  "departing",
  "left",
  "leave",
  "leaves",
  "departed",
  "depart",
]);
const arriving = new Set(["to", "into", "arriving", "landing", "reaching", "bound"]);
const leavingNames = new Set(["origin", "source", "from", "departure", "pickup", "start"].map(stem));
const arrivingNames = new Set(["dest", "destination", "to", "arrival", "dropoff", "end"].map(stem));

/** Turns named values into filters, one per column and sense; what stands in no column, or in two as well, is unresolved. */
export function valueFilters(
  values: NamedValue[],
  tokens: Token[],
  entity: string | null,
  vocabulary: Vocabulary,
  featureSet: FeatureSet | null,
): { filters: Filter[]; unresolved: Unresolved[] } {
  const reach = entity ? distances(entity, vocabulary.registry) : new Map<string, number>();
  const unresolved: Unresolved[] = [];
  const groups = new Map<
    string,
    { column: Column; named: { value: string; out: boolean; item: NamedValue }[] }
  >();

  for (const item of values) {
    const out = item.clause.mood === "exclude";
    const columns = item.places.length > 0 ? bestColumns(item, tokens, reach, vocabulary) : [];
    const [column] = columns;
    if (column && columns.length === 1) {
      const value =
        item.places.find((one) => one.table === column.table && one.column === column.column)?.value ?? "";
      const key = `${column.table}.${column.column}`;
      const group = groups.get(key) ?? { column, named: [] };
      group.named.push({ value, out, item });
      markColumnWords(item, column, tokens);
      groups.set(key, group);
    } else if (columns.length > 1) {
      unresolved.push({
        phrase: `${out ? "not " : ""}${item.places[0]?.value ?? item.text}`,
        reason: "value_ambiguous",
        table: null,
        column: null,
        suggestions: columns.map((one) =>
          conditionText({ ...one, operator: out ? "not_in" : "in", values: [item.places[0]?.value ?? ""] }),
        ),
      });
    } else {
      unresolved.push(
        unknownValue(
          item,
          out,
          siblingOf(item, groups.values(), tokens),
          reach,
          vocabulary,
          directionOf(item, tokens),
        ),
      );
    }
  }
  const filters = [...groups.values()].flatMap(({ column, named }) => {
    const both = named.find(({ value, out }) => out && named.some((one) => !one.out && one.value === value));
    if (both && !named.some(({ item }) => item.clause.swap)) {
      unresolved.push({
        phrase: both.value,
        reason: "contradiction",
        ...column,
        suggestions: [`in:${both.value}`, `not_in:${both.value}`],
      });
      return [];
    }
    return filtersOf(column, named, featureSet);
  });
  return { filters, unresolved };
}

function filtersOf(
  column: Column,
  named: { value: string; out: boolean; item: NamedValue }[],
  featureSet: FeatureSet | null,
): Filter[] {
  const kept = unique(named.filter(({ out }) => !out).map(({ value }) => value));
  const out = unique(named.filter((one) => one.out).map(({ value }) => value));
  const phrase = named.map(({ item }) => item.text).join(", ");
  const before = featureSet?.filters.find(
    (one) => one.table === column.table && one.column === column.column && one.operator === "in",
  );
  const swaps = named.some(({ item }) => item.clause.swap);
  if (out.length > 0 && before && out.some((value) => before.values.includes(value))) {
    const rest = before.values.map(String).filter((value) => !out.includes(value));
    const values = unique([...rest, ...kept]);
    if (values.length > 0) return [{ phrase, ...column, operator: "in", values, mode: "replace" }];
  }
  const added = before !== undefined && named.some(({ item }) => isAddition(item));
  const filters: Filter[] = [];
  if (kept.length > 0) {
    filters.push({ phrase, ...column, operator: "in", values: kept, mode: added ? "add" : "replace" });
  }
  // What is only swapped out, or lies outside what is kept anyway, needs no filter of its own.
  if (out.length > 0 && kept.length === 0 && !swaps) {
    filters.push({ phrase, ...column, operator: "not_in", values: out, mode: "replace" });
  }
  return filters;
}

/** "Tier-2 towns", "the gold plan": the words beside a value that name its column or what it is a value of. */
function markColumnWords(item: NamedValue, { table, column }: Column, tokens: Token[]): void {
  const names = new Set(nameWords(column).concat(nameWords(table)).map(stem));
  const size = item.length;
  for (const token of [tokens[item.at - 1], tokens[item.at + size]]) {
    if (token && !token.mark && names.has(token.stem)) token.mark = "filter";
  }
}

function isAddition({ clause }: NamedValue): boolean {
  const words = [...clause.cue.split(" "), ...clause.tokens.map(({ word }) => word)];
  return clause.mood === "include" && words.some((word) => addCues.has(word));
}

/** The columns that are meant by a value: reachable, nearest, named beside it or fitting its preposition. */
function bestColumns(
  item: NamedValue,
  tokens: Token[],
  reach: Map<string, number>,
  vocabulary: Vocabulary,
): Column[] {
  const around = new Set(tokens.slice(Math.max(0, item.at - 3), item.at + 5).map((token) => token.stem));
  const direction = directionOf(item, tokens);
  const scored = item.places
    .filter(({ table }) => reach.size === 0 || reach.has(table))
    .map((place) => {
      const names = nameWords(place.column).map(stem);
      const table = vocabulary.registry.tables.find(({ name }) => name === place.table);
      const own = vocabulary.registry.entities.some(({ name }) => names.includes(stem(name)));
      const score =
        -(reach.get(place.table) ?? 5) * 10 -
        (table?.kind === "entity" ? 0 : 4) +
        (names.some((name) => around.has(name) && name.length > 2) ? 3 : 0) +
        (own ? 1 : 0) +
        (direction && names.some((name) => direction.has(name)) ? 5 : 0);
      return { place, score };
    });
  const best = Math.max(...scored.map(({ score }) => score));
  return scored
    .filter(({ score }) => score === best)
    .map(({ place }) => ({ table: place.table, column: place.column }));
}

function directionOf(item: NamedValue, tokens: Token[]): Set<string> | null {
  const before = tokens.slice(Math.max(0, item.at - 3), item.at).map(({ word }) => word);
  if (before.some((word) => arriving.has(word))) return arrivingNames;
  return before.some((word) => leaving.has(word)) ? leavingNames : null;
}

/** A value that is nowhere: it is asked for in the column that a place or a name most likely stands in. */
function unknownValue(
  item: NamedValue,
  out: boolean,
  sibling: Column | undefined,
  reach: Map<string, number>,
  vocabulary: Vocabulary,
  direction: Set<string> | null,
): Unresolved {
  const column = sibling ?? likelyColumn(item, reach, vocabulary, direction);
  const frequent = vocabulary.registry.values
    .filter((one) => one.table === column?.table && one.column === column.column)
    .sort((a, b) => b.frequency - a.frequency)
    .slice(0, 5)
    .map(({ value }) => value);
  return {
    phrase: `${out ? "not " : ""}${item.text}`,
    reason: "value_unknown",
    table: column?.table ?? null,
    column: column?.column ?? null,
    suggestions: item.suggestions.length > 0 ? item.suggestions.slice(0, 5) : frequent,
  };
}

/** "In Pune and Gotham": the column of the values it is listed with; "from Gotham" stands for itself. */
function siblingOf(
  item: NamedValue,
  groups: Iterable<{ column: Column; named: { item: NamedValue }[] }>,
  tokens: Token[],
) {
  const direction = directionOf(item, tokens);
  return [...groups].find(({ named }) => named.some((one) => directionOf(one.item, tokens) === direction))
    ?.column;
}

const placeWords = new Set(
  [
    "city",
    "town",
    "place",
    "location",
    "region",
    "district",
    "area",
    "airport",
    "origin",
    "state",
    "country",
    "province",
  ].map(stem),
);

function likelyColumn(
  item: NamedValue,
  reach: Map<string, number>,
  vocabulary: Vocabulary,
  direction: Set<string> | null,
): Column | null {
  const { registry } = vocabulary;
  const near = registry.values.find(({ value }) => value === item.suggestions[0]);
  const columns = new Map(
    registry.values.map(({ table, column }) => [`${table}.${column}`, { table, column }]),
  );
  const scored = [...columns.values()]
    .filter(({ table }) => reach.size === 0 || reach.has(table))
    .map((one) => {
      const names = nameWords(one.column).map(stem);
      const at = names.findIndex((name) => placeWords.has(name));
      const ranks = at < 0 ? -1 : 20 - [...placeWords].indexOf(names[at] ?? "");
      const kind = registry.tables.find(({ name }) => name === one.table)?.kind === "entity" ? 2 : 0;
      const fits = near?.column === one.column && near.table === one.table ? 100 : 0;
      const ways = direction && names.some((name) => direction.has(name)) ? 80 : 0;
      // A person says names; a code of the same place stands nearer, but reads badly in a question.
      const isName = /name$/i.test(one.column) ? 4 : 0;
      return { one, score: fits + ways + ranks * 3 + kind + isName - (reach.get(one.table) ?? 5) };
    })
    .sort((a, b) => b.score - a.score);
  return scored[0] && scored[0].score > -4 ? scored[0].one : null;
}

function unique<T>(values: T[]): T[] {
  return [...new Set(values)];
}
