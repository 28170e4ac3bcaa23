import type { Registry } from "@/lib/registry/types";
import { fillers } from "./lexicon";
import { nameWords, singular, stem } from "./text";

/** A registry made ready for reading messages against it. */
export interface Vocabulary {
  registry: Registry;
  /** Stems of every word that names or describes a table or feature. */
  stems: Set<string>;
  /** Per table: sets of stems of which each alone names the table, from its name and its synonyms. */
  tableNames: Map<string, Set<string>[]>;
  /** Per family and table. */
  families: { table: string; family: string; stems: Set<string> }[];
  /** Singular form of a name or synonym (words with a blank between) → entity. */
  entities: Map<string, string>;
  /** Lower-case value or alias → where it stands. */
  values: Map<string, ValuePlace[]>;
  longestValue: number;
  /** Lower-case feature name → its tables. */
  features: Map<string, { table: string; feature: string }[]>;
  tables: Map<string, string>;
  roles: Set<string>;
}

export interface ValuePlace {
  table: string;
  column: string;
  value: string;
  frequency: number;
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
  const values = new Map<string, ValuePlace[]>();
  for (const { table, column, value, frequency, aliases } of registry.values) {
    for (const key of [value, ...aliases].map(valueKey)) {
      if (key) push(values, key, { table, column, value, frequency });
    }
  }
  const features = new Map<string, { table: string; feature: string }[]>();
  for (const { table, name } of registry.features)
    push(features, name.toLowerCase(), { table, feature: name });
  return {
    registry,
    stems: readStems(registry),
    tableNames: new Map(
      registry.tables.map((table) => [table.name, namesOf(table.name, table.synonyms, entities)]),
    ),
    families: readFamilies(registry),
    entities,
    values,
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

/** The words of a name that tell it from other tables: without its entity, windows and words such as "features". */
function namesOf(name: string, synonyms: string[], entities: Map<string, string>): Set<string>[] {
  return [name, ...synonyms].flatMap((text) => {
    const words = nameWords(text).filter((word) => !fillers.has(word) && !/^\d+[dwmy]?$/.test(word));
    const telling = words.filter((word) => !entities.has(singular(word)));
    const chosen = telling.length > 0 ? telling : words;
    return chosen.length > 0 ? [new Set(chosen.map(stem))] : [];
  });
}

function readFamilies(registry: Registry): Vocabulary["families"] {
  const seen = new Map<string, Vocabulary["families"][number]>();
  for (const { table, family } of registry.features) {
    seen.set(`${table}.${family}`, { table, family, stems: new Set(nameWords(family).map(stem)) });
  }
  return [...seen.values()].filter(({ stems }) => stems.size > 0);
}

function readStems(registry: Registry): Set<string> {
  const stems = new Set<string>();
  const take = (text: string) => {
    for (const word of nameWords(text)) stems.add(stem(word));
  };
  for (const { name, description, synonyms } of registry.tables)
    [name, description, ...synonyms].forEach(take);
  for (const { name, description, family } of registry.features) [name, description, family].forEach(take);
  return stems;
}

function push<T>(map: Map<string, T[]>, key: string, item: T): void {
  const list = map.get(key);
  if (list) list.push(item);
  else map.set(key, [item]);
}
