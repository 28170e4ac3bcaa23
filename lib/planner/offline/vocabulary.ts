import type { FeatureTable, Registry } from "@/lib/registry/types";
import { fillers } from "./lexicon";
import { nameWords, singular, stem } from "./text";

/** A registry made ready for reading messages against it. */
export interface Vocabulary {
  registry: Registry;
  /** Stems of every word that names or describes a table or feature. */
  stems: Set<string>;
  /** The words themselves, of six letters or more: what a misspelt word may have been. */
  words: Set<string>;
  /** Per table: its name and synonyms; one of them said in full names the table. */
  tableNames: Map<string, TableName[]>;
  /** Singular form of a name or synonym (words with a blank between) → entity. */
  entities: Map<string, string>;
  /** Lower-case value or alias → where it stands. */
  values: Map<string, ValuePlace[]>;
  longestValue: number;
  /** The values nearest to words that were looked up before. */
  nearValues: Map<string, NearValue[]>;
  /** Lower-case feature name → its tables. */
  features: Map<string, { table: string; feature: string }[]>;
  tables: Map<string, string>;
  roles: Set<string>;
}

export interface TableName {
  /** Stem → word as written, of the words that tell the table from others. */
  words: Map<string, string>;
  /** The entities whose names were left out: `leads in the city` is called `leads` where cities are spoken of. */
  of: string[];
}

export interface ValuePlace {
  table: string;
  column: string;
  value: string;
  frequency: number;
}

export interface NearValue {
  key: string;
  places: ValuePlace[];
}

const cache = new WeakMap<Registry, Vocabulary>();

export function vocabularyOf(registry: Registry): Vocabulary {
  const known = cache.get(registry);
  if (known) return known;
  const built = build(registry);
  cache.set(registry, built);
  return built;
}

function build(registry: Registry): Vocabulary {
  const entities = readEntities(registry);
  const words = readWords(registry);
  const values = new Map<string, ValuePlace[]>();
  for (const { table, column, value, frequency, aliases } of registry.values) {
    for (const key of [value, ...aliases].map(valueKey)) {
      const known = values
        .get(key)
        ?.some((one) => one.table === table && one.column === column && one.value === value);
      if (key && !known) push(values, key, { table, column, value, frequency });
    }
  }
  const features = new Map<string, { table: string; feature: string }[]>();
  for (const { table, name } of registry.features)
    push(features, name.toLowerCase(), { table, feature: name });
  return {
    registry,
    stems: new Set([...words].map(stem)),
    words: new Set([...words].filter((word) => word.length >= 6)),
    tableNames: new Map(registry.tables.map((table) => [table.name, namesOf(table, registry, entities)])),
    entities,
    values,
    nearValues: new Map(),
    longestValue: Math.max(
      1,
      ...[...values.keys()].map((key) => key.split(" ").length).filter((n) => n <= 6),
    ),
    features,
    tables: new Map(registry.tables.map(({ name }) => [name.toLowerCase(), name])),
    roles: new Set(
      registry.tables.flatMap(({ keys }) => keys.flatMap(({ role }) => (role ? [role.toLowerCase()] : []))),
    ),
  };
}

/** A value as it is looked up: lower case, words with one blank between. */
export function valueKey(text: string): string {
  return text
    .toLowerCase()
    .normalize("NFKC")
    .split(/[^\p{L}\p{N}\p{M}]+/u)
    .filter(Boolean)
    .join(" ");
}

function readEntities(registry: Registry): Map<string, string> {
  const entities = new Map<string, string>();
  for (const { name, plural, synonyms } of registry.entities) {
    for (const word of [...synonyms, plural, name]) entities.set(entityKey(word), name);
  }
  return entities;
}

export function entityKey(text: string): string {
  const words = nameWords(text);
  return [...words.slice(0, -1), singular(words.at(-1) ?? "")].join(" ");
}

/** The words of its names that tell a table from others: without its entity, windows and words such as "features". */
function namesOf(table: FeatureTable, registry: Registry, entities: Map<string, string>): TableName[] {
  const info = registry.entities.find(({ name }) => name === table.entity);
  const ofEntity = table.kind === "entity" && info ? [info.name, info.plural, ...info.synonyms] : [];
  return [table.name, ...table.synonyms, ...ofEntity].flatMap((text) => {
    const words = nameWords(text).filter((word) => !fillers.has(word) && !/^\d+[dwmy]?$/.test(word));
    const telling = words.filter((word) => !entities.has(singular(word)));
    const chosen = telling.length > 0 ? telling : words;
    const of = words.flatMap((word) => (chosen.includes(word) ? [] : (entities.get(singular(word)) ?? [])));
    return chosen.length > 0 ? [{ words: new Map(chosen.map((word) => [stem(word), word])), of }] : [];
  });
}

function readWords({ tables, features }: Registry): Set<string> {
  const texts = [
    ...tables.flatMap(({ name, description, synonyms }) => [name, description, ...synonyms]),
    ...features.flatMap(({ name, description, family }) => [name, description, family]),
  ];
  return new Set(texts.flatMap(nameWords));
}

function push<T>(map: Map<string, T[]>, key: string, item: T): void {
  const list = map.get(key);
  if (list) list.push(item);
  else map.set(key, [item]);
}
