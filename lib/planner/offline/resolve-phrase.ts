import type { RankedTable } from "@/lib/registry/search-port";
import type { PlannerContext } from "../port";
import { distances } from "../reach";
import { featureNouns, fillers } from "./lexicon";
import type { Phrase } from "./phrases";
import { nameWords, singular, stem } from "./text";
import type { Vocabulary } from "./vocabulary";

/** What a phrase turned out to mean: whole tables, single features (then `features` is not empty), or nothing. */
export interface Meaning {
  tables: string[];
  features: { table: string; feature: string }[];
  /** When nothing: the nearest names. */
  suggestions: string[];
}

const nothing: Meaning = { tables: [], features: [], suggestions: [] };

/**
 * Finds what a phrase means. In order: a name written out; words that name a table; words that name a family of features;
 * words that are in the names of single features; then what the search thinks.
 */
export async function resolvePhrase(
  phrase: Phrase,
  windows: number[],
  entity: string | null,
  vocabulary: Vocabulary,
  context: PlannerContext,
): Promise<Meaning> {
  const reach = entity ? distances(entity, vocabulary.registry) : null;
  const exact = writtenOut(phrase, vocabulary, reach);
  if (exact) return exact;
  const said = phrase.tokens.map((token) => token.stem);
  const ranked = await context.search.rank(searchText(phrase), { limit: 5 });
  const named = namedTable(said, ranked, vocabulary);
  if (named) {
    const left = phrase.tokens
      .filter((token) => !named.words.has(token.stem) && !featureNouns.has(token.word))
      .map((token) => token.stem);
    return within(named.table, left, phrase, windows, vocabulary, context);
  }
  const family = namedFamily(said, ranked, vocabulary);
  if (family) return narrowed(family, windows, vocabulary);
  const features = namedFeatures(said, ranked, vocabulary);
  if (features.length > 0) return narrowed(features, windows, vocabulary);
  const [best] = ranked;
  if (best && understood(best, phrase)) return { ...nothing, tables: [best.table] };
  return { ...nothing, suggestions: ranked.slice(0, 3).map(({ table }) => table) };
}

function searchText({ tokens }: Phrase): string {
  return tokens.map(({ word }) => word).join(" ");
}

function writtenOut(
  { tokens }: Phrase,
  vocabulary: Vocabulary,
  reach: Map<string, number> | null,
): Meaning | null {
  const tables = tokens
    .flatMap(({ text }) => vocabulary.tables.get(text.toLowerCase()) ?? [])
    .filter((name) => name.includes("_") || tokens.length === 1);
  const features = tokens.flatMap(({ text }) => {
    // A common word is a name only when it is written as one: `seats` may be, `poi_count_1km` is.
    const places = /_/.test(text) ? (vocabulary.features.get(text.toLowerCase()) ?? []) : [];
    const inTables = places.filter(({ table }) => tables.includes(table));
    if (inTables.length > 0) return inTables;
    const nearest = [...places].sort((a, b) => (reach?.get(a.table) ?? 5) - (reach?.get(b.table) ?? 5))[0];
    return nearest ? [nearest] : [];
  });
  if (features.length > 0)
    return { tables: unique(features.map(({ table }) => table)), features, suggestions: [] };
  return tables.length > 0 ? { ...nothing, tables: unique(tables) } : null;
}

/** The table whose name or synonym is said in full; of several the one of which most words are said. */
function namedTable(
  said: string[],
  ranked: RankedTable[],
  vocabulary: Vocabulary,
): { table: string; words: Set<string> } | null {
  const order = new Map(ranked.map(({ table }, index) => [table, index]));
  let best: { table: string; words: Set<string>; covers: number } | null = null;
  for (const [table, names] of vocabulary.tableNames) {
    const whole = names.filter((name) => [...name].every((word) => said.includes(word)));
    if (whole.length === 0) continue;
    // Every word that any of its names has is spent on naming it.
    const words = new Set([...whole.flatMap((name) => [...name]), ...entityWords(table, vocabulary)]);
    const covers = said.filter((word) => words.has(word)).length * 10 - (order.get(table) ?? 9);
    if (!best || covers > best.covers) best = { table, words, covers };
  }
  return best;
}

function entityWords(table: string, vocabulary: Vocabulary): string[] {
  const entity = vocabulary.registry.tables.find(({ name }) => name === table)?.entity;
  return [...vocabulary.entities]
    .filter(([, name]) => name === entity)
    .flatMap(([words]) => words.split(" ").map(stem));
}

/** Within a table that is named: the features that the other words name, or all when they name none in particular. */
async function within(
  table: string,
  left: string[],
  phrase: Phrase,
  windows: number[],
  vocabulary: Vocabulary,
  context: PlannerContext,
): Promise<Meaning> {
  const whole = { ...nothing, tables: [table] };
  const own = vocabulary.registry.features.filter((feature) => feature.table === table && !feature.isKey);
  if (left.length === 0) return windowed(table, windows, vocabulary);
  const named = own.filter(({ name }) => {
    const words = nameWords(name).map(stem);
    return left.every((word) => words.includes(word));
  });
  if (named.length > 0)
    return narrowed(
      named.map(({ name }) => ({ table, feature: name })),
      windows,
      vocabulary,
    );
  const family = vocabulary.families.filter(
    (one) => one.table === table && left.every((word) => one.stems.has(word)),
  );
  if (family.length > 0) return narrowed(inFamilies(family, vocabulary), windows, vocabulary);
  const words = phrase.tokens.filter((token) => left.includes(token.stem)).map(({ word }) => word);
  const [top] = await context.search.rankFeatures(words.join(" "), { table, limit: 1 });
  const isNarrow = phrase.strict || words.some((word) => !fillers.has(word));
  if (isNarrow && top && top.score >= 0.3) {
    return { tables: [table], features: [{ table, feature: top.feature }], suggestions: [] };
  }
  return phrase.strict ? { ...nothing, suggestions: own.slice(0, 5).map(({ name }) => name) } : whole;
}

function namedFamily(said: string[], ranked: RankedTable[], vocabulary: Vocabulary) {
  const fitting = vocabulary.families.filter(({ stems }) => said.every((word) => stems.has(word)));
  const table =
    fitting.length === 1
      ? fitting[0]?.table
      : ranked.find((one) => fitting.some((family) => family.table === one.table))?.table;
  const chosen = fitting.filter((family) => family.table === table);
  return chosen.length > 0 ? inFamilies(chosen, vocabulary) : null;
}

function inFamilies(families: Vocabulary["families"], { registry }: Vocabulary) {
  return registry.features
    .filter(
      (one) =>
        !one.isKey && families.some(({ table, family }) => table === one.table && family === one.family),
    )
    .map(({ table, name }) => ({ table, feature: name }));
}

/** The features, of the best table that has any, of which the name holds every word said. */
function namedFeatures(said: string[], ranked: RankedTable[], { registry }: Vocabulary) {
  const fits = registry.features.filter(({ name, isKey }) => {
    const words = nameWords(name).map(stem);
    return !isKey && said.every((word) => words.includes(word));
  });
  const order = new Map(ranked.map(({ table }, index) => [table, index]));
  const table = [...new Set(fits.map((one) => one.table))].sort(
    (a, b) => (order.get(a) ?? 9) - (order.get(b) ?? 9),
  )[0];
  return fits
    .filter((one) => one.table === table)
    .map(({ table: of, name }) => ({ table: of, feature: name }));
}

/** With a look-back window said, only the features of that window, where the table has such and others. */
function narrowed(
  features: { table: string; feature: string }[],
  windows: number[],
  { registry }: Vocabulary,
): Meaning {
  const fits = features.filter((one) => {
    const found = registry.features.find(({ table, name }) => table === one.table && name === one.feature);
    return windows.includes(found?.windowDays ?? 0);
  });
  const chosen = fits.length > 0 ? fits : features;
  return { tables: unique(chosen.map(({ table }) => table)), features: chosen, suggestions: [] };
}

function windowed(table: string, windows: number[], { registry }: Vocabulary): Meaning {
  const own = registry.features.filter((feature) => feature.table === table && !feature.isKey);
  const longest = Math.max(0, ...own.map(({ windowDays }) => windowDays ?? 0));
  const fits = own.filter(({ windowDays }) => windowDays !== undefined && windows.includes(windowDays));
  // "The last 90 days" of a table that looks back 90 days is all of it.
  if (fits.length === 0 || windows.includes(longest)) return { ...nothing, tables: [table] };
  return { tables: [table], features: fits.map(({ name }) => ({ table, feature: name })), suggestions: [] };
}

/** Was enough of the phrase met? The search already refuses phrases that mean nothing here. */
function understood(best: RankedTable, { tokens }: Phrase): boolean {
  const met = new Set(
    best.why
      .filter(({ met: found }) => found.length > 0)
      .flatMap(({ word }) => nameWords(word).map((one) => stem(singular(one)))),
  );
  const share = tokens.filter((token) => met.has(token.stem)).length / tokens.length;
  return best.score >= 0.45 || (best.score >= 0.3 && share >= 0.5);
}

function unique<T>(items: T[]): T[] {
  return [...new Set(items)];
}
