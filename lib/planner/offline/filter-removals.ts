import type { FeatureSet } from "@/lib/feature-set/schema";
import type { PlannedRequest } from "../schema";
import type { Clause } from "./clauses";
import { entityAt } from "./entity";
import { nameWords, stem, type Token } from "./text";
import type { Vocabulary } from "./vocabulary";

type Filter = PlannedRequest["filters"][number];

const filterWord =
  /^(filter|filters|filtering|restriction|restrictions|condition|conditions|constraint|constraints|limit)$/;
const lifting = /^(lift|clear|reset|undo|relax|cancel|unset)$/;

/** "Remove the city filter", "all cities": the filters of the set that are to go. Marks the words. */
export function readFilterRemovals(
  clauses: Clause[],
  featureSet: FeatureSet | null,
  vocabulary: Vocabulary,
): Filter[] {
  if (!featureSet || featureSet.filters.length === 0) return [];
  return clauses.flatMap((clause) => {
    const { tokens } = clause;
    const lifts = clause.mood === "exclude" || tokens.some(({ word }) => lifting.test(word));
    if (lifts && tokens.some(({ word }) => filterWord.test(word))) {
      const named = featureSet.filters.filter((filter) => speaksOf(tokens, filter, vocabulary));
      mark(tokens);
      return (named.length > 0 ? named : featureSet.filters).map(removal(tokens));
    }
    const every = everyOf(tokens, featureSet, vocabulary);
    if (every.length > 0) return every.map(removal(tokens));
    return [];
  });
}

function removal(tokens: Token[]) {
  const phrase = tokens.map(({ text }) => text).join(" ");
  return ({ table, column, operator }: FeatureSet["filters"][number]): Filter => ({
    phrase,
    table,
    column,
    operator,
    values: [],
    mode: "remove",
  });
}

/** Does a clause name the filter's column, its table's entity, or one of its values? */
function speaksOf(tokens: Token[], filter: FeatureSet["filters"][number], vocabulary: Vocabulary): boolean {
  const said = new Set(tokens.map((token) => token.stem));
  const column = nameWords(filter.column)
    .map(stem)
    .filter((word) => !/^(name|id|count|code)$/.test(word));
  const values = filter.values.flatMap((value) => nameWords(String(value)).map(stem));
  const entity = vocabulary.registry.tables.find(({ name }) => name === filter.table)?.entity;
  const names = tokens.some(
    (token) => vocabulary.entities.get(token.stem) === entity && column.includes(stem(entity ?? "")),
  );
  return [...column, ...values].some((word) => said.has(word)) || names;
}

/** "All cities", "any city", "everywhere", "all sellers". */
function everyOf(tokens: Token[], featureSet: FeatureSet, vocabulary: Vocabulary): FeatureSet["filters"] {
  for (const [at, token] of tokens.entries()) {
    if (/^(everywhere|anywhere|nationwide|countrywide)$/.test(token.word)) {
      token.mark = "filter";
      return featureSet.filters.filter(({ operator }) => operator === "in" || operator === "not_in");
    }
    if (!/^(all|any|every)$/.test(token.word)) continue;
    const named = /^(the|of|india)$/.test(tokens[at + 1]?.word ?? "") ? at + 2 : at + 1;
    const isSpine = tokens[named]?.mark === "entity";
    if (isSpine && tokens.length === named + 1) return featureSet.filters;
    const other = entityAt(tokens, named, vocabulary);
    if (!other) continue;
    const lifted = featureSet.filters.filter((filter) => {
      const table = vocabulary.registry.tables.find(({ name }) => name === filter.table);
      return nameWords(filter.column).includes(other.entity) || table?.entity === other.entity;
    });
    for (const one of lifted.length > 0 ? tokens.slice(at, other.end) : []) one.mark = "filter";
    if (lifted.length > 0) return lifted;
  }
  return [];
}

function mark(tokens: Token[]): void {
  for (const token of tokens) token.mark ??= "filter";
}
