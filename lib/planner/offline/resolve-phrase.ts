import { nearest as nearestNames } from "@/lib/feature-set/nearest";
import type { RankedTable } from "@/lib/registry/search-port";
import type { Feature } from "@/lib/registry/types";
import type { PlannerContext } from "../port";
import { distances } from "../reach";
import { narrow } from "./narrow";
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

/** Of the best score: a table that scores so much may be the one that is meant. */
const nearlyAsGood = 0.8;

const nothing: Meaning = { tables: [], features: [], suggestions: [] };

/**
 * Finds what a phrase means: a name written out, else a table whose name is said, else the table that the search puts
 * first; and within the table the features that the other words name, if they name any. With `among` only these tables count.
 */
export async function resolvePhrase(
  phrase: Phrase,
  windows: number[],
  entity: string | null,
  vocabulary: Vocabulary,
  context: PlannerContext,
  among: ReadonlySet<string> | null = null,
): Promise<Meaning> {
  const written = writtenOut(phrase, entity, vocabulary);
  if (written) return written;
  const text = phrase.tokens.map(({ word }) => word).join(" ");
  const limit = among ? vocabulary.registry.tables.length : 8;
  const ranked = (await context.search.rank(text, { limit, ...(entity && { entity }) })).filter(
    ({ table }) => !among || among.has(table),
  );
  const nearest = { ...nothing, suggestions: ranked.slice(0, 3).map((one) => one.table) };
  const counts = (table: string) => !among || among.has(table);
  const said = namedTable(phrase, entity, ranked, vocabulary);
  const named = said !== null && counts(said) ? said : null;
  const called = named ? [] : calledExactly(phrase, entity, vocabulary).filter(({ table }) => counts(table));
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
  const fitting = ranked.filter((one) => understood(one, phrase, vocabulary));
  const ofRows = new Set(
    vocabulary.registry.tables.flatMap((one) => (one.entity === entity ? one.name : [])),
  );
  const near = fitting.filter(
    ({ table, score }) => score >= nearlyAsGood * (fitting[0]?.score ?? 0) && ofRows.has(table),
  );
  const best = (await naming(near, phrase, windows, vocabulary, context)) ?? fitting[0]?.table;
  const table = named ?? best;
  if (!table) return nearest;
  const features = await narrow(table, phrase, windows, vocabulary, context);
  // The table of an entity itself is meant whole only when it is named.
  const kind = vocabulary.registry.tables.find(({ name }) => name === table)?.kind;
  if (features === null || (!named && kind === "entity" && features.length === 0)) return nearest;
  return { tables: [table], features: features.map((feature) => ({ table, feature })), suggestions: [] };
}

/** Of tables about the rows that the search finds nearly alike the one that has features of just that name, if one has. */
async function naming(
  ranked: RankedTable[],
  phrase: Phrase,
  windows: number[],
  vocabulary: Vocabulary,
  context: PlannerContext,
): Promise<string | undefined> {
  // One word names a thing, not a feature of it.
  for (const { table } of phrase.tokens.length > 1 ? ranked : []) {
    const features = await narrow(table, phrase, windows, vocabulary, context);
    if (features && features.length > 0) return table;
  }
  return undefined;
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

/**
 * The table whose name or synonym is said in full; of several the one of which most words are said. A name that is whole only
 * without an entity nobody speaks of (`leads` for "leads in the city") counts where the search finds nothing better.
 */
function namedTable(
  phrase: Phrase,
  entity: string | null,
  ranked: RankedTable[],
  vocabulary: Vocabulary,
): string | null {
  const said = new Map(phrase.tokens.map((token) => [token.stem, token.word]));
  const spokenOf = new Set([
    entity,
    ...phrase.tokens.map(({ word }) => vocabulary.entities.get(singular(word))),
  ]);
  const order = new Map(ranked.map(({ table }, index) => [table, index]));
  let best: { table: string; score: number } | null = null;
  for (const { name: table, kind } of vocabulary.registry.tables) {
    const names = vocabulary.tableNames.get(table) ?? [];
    const whole = names
      .filter(({ words }) => [...words.keys()].every((word) => said.has(word)))
      .filter(({ of }) => table === ranked[0]?.table || of.every((one) => spokenOf.has(one)));
    if (whole.length === 0) continue;
    const spent = new Map(whole.flatMap(({ words }) => [...words]));
    // "The wealth of the town" speaks of wealth; a table of towns is meant when nothing else is said, or it is owned.
    if (kind === "entity" && !phrase.strict && said.size > spent.size) continue;
    const exact = [...spent].filter(
      ([word, written]) => stem(said.get(word) ?? "") === word && said.get(word) === written,
    );
    const score = spent.size * 100 + exact.length * 20 - (order.get(table) ?? 9);
    if (!best || score > best.score) best = { table, score };
  }
  return best?.table ?? ofOneWord(phrase, order, vocabulary);
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

/** "Marketing": one word that stands in the name of one table only, or of the several that has it the one found first. */
function ofOneWord(
  { tokens }: Phrase,
  order: Map<string, number>,
  { registry, entities }: Vocabulary,
): string | null {
  const [token, ...others] = tokens.filter(({ word }) => !entities.has(word));
  if (!token || others.length > 0) return null;
  const named = registry.tables.filter(
    ({ name, kind }) => kind === "feature" && nameWords(name).includes(token.word),
  );
  if (named.length === 1) return named[0]?.name ?? null;
  const found = named.filter(({ name }) => order.has(name));
  const place = ({ name }: { name: string }) =>
    (nameWords(name)[0] === token.word ? 0 : order.size) + (order.get(name) ?? 0);
  return found.sort((a, b) => place(a) - place(b))[0]?.name ?? null;
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
