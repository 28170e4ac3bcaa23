import { nearest as nearestNames } from "@/lib/feature-set/nearest";
import type { RankedTable } from "@/lib/registry/search-port";
import type { Feature } from "@/lib/registry/types";
import type { PlannerContext } from "../port";
import { distances } from "../reach";
import { narrow } from "./narrow";
import type { Phrase } from "./phrases";
import { nameWords, stem } from "./text";
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
 * Finds what a phrase means: a name written out, else a table whose name is said, else the table that the search puts
 * first; and within the table the features that the other words name, if they name any.
 */
export async function resolvePhrase(
  phrase: Phrase,
  windows: number[],
  entity: string | null,
  vocabulary: Vocabulary,
  context: PlannerContext,
): Promise<Meaning> {
  const written = writtenOut(phrase, entity, vocabulary);
  if (written) return written;
  const text = phrase.tokens.map(({ word }) => word).join(" ");
  const ranked = await context.search.rank(text, { limit: 5 });
  const nearest = { ...nothing, suggestions: ranked.slice(0, 3).map((one) => one.table) };
  const named = namedTable(phrase, ranked, vocabulary);
  const called = named ? [] : calledExactly(phrase, entity, vocabulary);
  if (called.length > 0) {
    const inWindow = called.filter(
      ({ windowDays }) => windowDays !== undefined && windows.includes(windowDays),
    );
    const features = (inWindow.length > 0 ? inWindow : called).map(({ table, name }) => ({
      table,
      feature: name,
    }));
    return { tables: unique(features.map(({ table }) => table)), features, suggestions: [] };
  }
  const best = ranked.find((one) => understood(one, phrase, vocabulary));
  const table = named ?? best?.table;
  if (!table) return nearest;
  const features = await narrow(table, phrase, windows, vocabulary, context);
  // The table of an entity itself is meant whole only when it is named.
  const kind = vocabulary.registry.tables.find(({ name }) => name === table)?.kind;
  if (features === null || (!named && kind === "entity" && features.length === 0)) return nearest;
  return { tables: [table], features: features.map((feature) => ({ table, feature })), suggestions: [] };
}

/** Names as the registry writes them. A word with a `_` that is none is a name that does not exist. */
function writtenOut({ tokens }: Phrase, entity: string | null, vocabulary: Vocabulary): Meaning | null {
  const reach = entity ? distances(entity, vocabulary.registry) : null;
  const isName = ({ text }: { text: string }) => text.includes("_");
  const tables = tokens.flatMap(({ text }) => vocabulary.tables.get(text.toLowerCase()) ?? []);
  const features = tokens.filter(isName).flatMap(({ text }) => {
    const places = vocabulary.features.get(text.toLowerCase()) ?? [];
    const inTables = places.filter(({ table }) => tables.includes(table));
    if (inTables.length > 0) return inTables;
    const [near] = [...places].sort((a, b) => (reach?.get(a.table) ?? 5) - (reach?.get(b.table) ?? 5));
    return near ? [near] : [];
  });
  if (features.length > 0)
    return { tables: unique(features.map(({ table }) => table)), features, suggestions: [] };
  const written = tables.filter((name) => isName({ text: name }));
  if (written.length > 0) return { ...nothing, tables: unique(written) };
  const unknown = tokens.find(isName);
  return unknown
    ? {
        ...nothing,
        suggestions: nearestNames(unknown.text, [...vocabulary.features.keys(), ...vocabulary.tables.keys()]),
      }
    : null;
}

/** The table whose name or synonym is said in full; of several the one of which most words are said. */
function namedTable(phrase: Phrase, ranked: RankedTable[], vocabulary: Vocabulary): string | null {
  const said = new Map(phrase.tokens.map((token) => [token.stem, token.word]));
  const order = new Map(ranked.map(({ table }, index) => [table, index]));
  let best: { table: string; score: number } | null = null;
  for (const { name: table, kind } of vocabulary.registry.tables) {
    const names = vocabulary.tableNames.get(table) ?? [];
    const whole = names.filter((name) => [...name.keys()].every((word) => said.has(word)));
    if (whole.length === 0) continue;
    const spent = new Map(whole.flatMap((name) => [...name]));
    // "The wealth of the town" speaks of wealth; a table of towns is meant when nothing else is said, or it is owned.
    if (kind === "entity" && !phrase.strict && said.size > spent.size) continue;
    const exact = [...spent].filter(
      ([word, written]) => stem(said.get(word) ?? "") === word && said.get(word) === written,
    );
    const score = spent.size * 100 + exact.length * 20 - (order.get(table) ?? 9);
    if (!best || score > best.score) best = { table, score };
  }
  return best?.table ?? ofOneWord(phrase, vocabulary);
}

/** Features called just so, whatever their window: "sell through" is sell_through_30d and the like, of the nearest table. */
function calledExactly({ tokens }: Phrase, entity: string | null, { registry }: Vocabulary): Feature[] {
  const said = tokens.map((token) => token.stem).join(" ");
  const called = registry.features.filter(({ name, isKey }) => {
    const words = nameWords(name).filter((word) => !/^\d+[dwmy]$/.test(word));
    return !isKey && words.length > 1 && words.map(stem).join(" ") === said;
  });
  const reach = entity ? distances(entity, registry) : null;
  const [near] = [...called].sort((a, b) => (reach?.get(a.table) ?? 5) - (reach?.get(b.table) ?? 5));
  return called.filter(({ table }) => table === near?.table);
}

/** "Marketing": one word that stands in the name of one table only. */
function ofOneWord({ tokens }: Phrase, { registry, entities }: Vocabulary): string | null {
  const [token, ...others] = tokens.filter(({ word }) => !entities.has(word));
  if (!token || others.length > 0) return null;
  const named = registry.tables.filter(
    ({ name, kind }) => kind === "feature" && nameWords(name).includes(token.word),
  );
  return named.length === 1 ? (named[0]?.name ?? null) : null;
}

/** Was enough of the phrase met? The search already refuses most phrases that mean nothing here. */
function understood(best: RankedTable, { tokens }: Phrase, vocabulary: Vocabulary): boolean {
  const met = best.why
    .filter(({ met: found }) => found.length > 0)
    .flatMap(({ word }) => word.toLowerCase().split(/\s+/));
  const stems = new Set([...met, ...met.map(stem)]);
  const telling = tokens.filter(({ word }) => !vocabulary.entities.has(word));
  const share =
    telling.filter((token) => stems.has(token.word) || stems.has(token.stem)).length / (telling.length || 1);
  return best.score >= 0.3 && (share > 0.5 || (best.score >= 0.5 && share > 0));
}

function unique<T>(items: T[]): T[] {
  return [...new Set(items)];
}
