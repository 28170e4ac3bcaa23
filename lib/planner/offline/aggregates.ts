import type { Feature } from "@/lib/registry/types";
import { emptySet } from "../empty-set";
import { distances } from "../reach";
import { ruleFits } from "../rule-fits";
import { ruleNames } from "./aggregation-words";
import type { Phrase } from "./phrases";
import type { Meaning } from "./resolve-phrase";
import { nameWords, stem, type Token } from "./text";
import { entityKey, type Vocabulary } from "./vocabulary";

/**
 * "Average weight", "number of visits": the feature of the rows that is called just so, else the feature of a finer
 * table, by whose rule one value is made of its rows. Null when no name says it.
 */
export function aggregateOf(phrase: Phrase, entity: string | null, vocabulary: Vocabulary): Meaning | null {
  const { rule } = phrase;
  if (!rule || !entity || rule.tokens.length === 0) return null;
  const reach = distances(entity, vocabulary.registry);
  const within = vocabulary.registry.features.filter(({ table, isKey }) => reach.has(table) && !isKey);
  const names = ruleNames[rule.aggregation];
  const ready = within.filter(({ name }) => nameWords(name).some((word) => names?.has(word)));
  const said = rule.tokens.map((token) => token.stem);
  const called = fewestOthers(ready, said, names).filter(
    ({ table, others }) =>
      (rule.aggregation !== "count" || others === 0) && !isFiner(table, entity, vocabulary),
  );
  if (called.length > 0) return meaning(called);
  if (rule.aggregation === "count") return countOf(rule.tokens, entity, vocabulary);
  const finer = within.filter(({ table, name }) => {
    const words = new Set(nameWords(name).map(stem));
    return said.every((word) => words.has(word)) && isFiner(table, entity, vocabulary);
  });
  const found = fewestOthers(finer, said, undefined);
  return found.length > 0 ? meaning(found) : null;
}

/** Has a table several rows for one of an entity, so that a rule is needed? */
export function isFiner(table: string, entity: string, { registry }: Vocabulary): boolean {
  const feature = registry.features.find((one) => one.table === table)?.name;
  if (!feature) return false;
  return ruleFits(emptySet(registry, entity), { table, feature }, "count", registry) === "applies";
}

/** The rows of a finer table are counted by a column that each of them has: one of its own key. */
function countOf(words: Token[], entity: string, vocabulary: Vocabulary): Meaning | null {
  const { registry, entities } = vocabulary;
  const counted = entities.get(entityKey(words.map(({ word }) => word).join(" ")));
  const table = registry.tables.find(
    (one) => one.kind === "entity" && one.entity === counted && isFiner(one.name, entity, vocabulary),
  );
  if (!table) return null;
  const pointing = new Set(table.keys.flatMap(({ kind, columns }) => (kind === "foreign" ? columns : [])));
  const key = table.grain.find((column) => !pointing.has(column)) ?? table.grain[0];
  const known = registry.features.some((one) => one.table === table.name && one.name === key);
  return key && known
    ? { tables: [table.name], features: [{ table: table.name, feature: key }], suggestions: [] }
    : null;
}

function fewestOthers(features: Feature[], said: string[], beside: Set<string> | undefined) {
  const fitting = features.flatMap(({ table, name }) => {
    const words = nameWords(name)
      .filter((word) => !beside?.has(word))
      .map(stem);
    return said.every((word) => words.includes(word))
      ? [{ table, name, others: words.length - said.length }]
      : [];
  });
  const fewest = Math.min(...fitting.map(({ others }) => others));
  return fitting.filter(({ others }) => others === fewest);
}

function meaning(found: { table: string; name: string }[]): Meaning {
  return {
    tables: [...new Set(found.map(({ table }) => table))],
    features: found.map(({ table, name }) => ({ table, feature: name })),
    suggestions: [],
  };
}
