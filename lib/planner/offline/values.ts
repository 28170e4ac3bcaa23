import type { Clause } from "./clauses";
import { monthOf } from "./dates";
import { fillers } from "./lexicon";
import { editDistance, nameWords, singular, stem, type Token } from "./text";
import { type NearValue, type ValuePlace, type Vocabulary, valueKey } from "./vocabulary";

/** A value of the data that a message names, or a word that stands where one should. */
export interface NamedValue {
  clause: Clause;
  /** The person's words. */
  text: string;
  /** Where the value stands; empty when it stands nowhere. */
  places: ValuePlace[];
  /** Near misses, when nothing fits exactly or two things fit as well. */
  suggestions: string[];
  /** The preposition or adjective place it stands in: `from`, `to`, … */
  cue: string;
  /** Index of its first token, and how many it has. */
  at: number;
  length: number;
}

const prepositions =
  /^(in|from|at|within|near|around|across|of|for|to|into|outside|based|located|by|via|on|like|is|are|as|serving|covering)$/;
const postpositions = /^(mein|me|ke|ka|ki|wale|wali|se|based|only)$/;

/** Finds values clause by clause, marks their words, and finds unknown words that stand in a value's place. */
export function readValues(clauses: Clause[], vocabulary: Vocabulary): NamedValue[] {
  const found: NamedValue[] = [];
  for (const [index, clause] of clauses.entries()) {
    const before = found.at(-1);
    const follows = before !== undefined && before.clause === clauses[index - 1] && clause.joint !== "stop";
    for (let at = 0; at < clause.tokens.length; at++) {
      const value = valueAt(clause, at, vocabulary, follows ? before : undefined);
      if (!value) continue;
      for (const token of clause.tokens.slice(at, value.end)) token.mark = "filter";
      found.push(value.named);
      at = value.end - 1;
    }
  }
  return found;
}

function valueAt(
  clause: Clause,
  at: number,
  vocabulary: Vocabulary,
  before: NamedValue | undefined,
): { named: NamedValue; end: number } | null {
  const { tokens } = clause;
  const token = tokens[at] as Token;
  if (token.mark) return null;
  const cue = cueBefore(tokens, at);
  const listed = before !== undefined && tokens.slice(0, at).every((one) => fillers.has(one.word));
  const inPlace = cue !== "" || listed;

  for (let length = Math.min(vocabulary.longestValue, tokens.length - at); length > 0; length--) {
    const words = tokens.slice(at, at + length);
    // "Private sellers" is a value of two words, of which the second is also what the rows are about.
    if (words.some(({ mark }, index) => mark && !(mark === "entity" && index > 0))) continue;
    const all = placesOf(words, vocabulary) ?? [];
    // In a list values of the same column follow each other; another value has to stand for itself.
    const alike = listed && cue === "" ? all.filter((one) => sameColumn(one, before)) : [];
    const places = alike.length > 0 ? alike : all;
    const placed = cue !== "" || alike.length > 0;
    if (places.length === 0 || !isMeant(words, places, tokens, at, placed, vocabulary)) continue;
    const text = words.map((one) => one.text).join(" ");
    return {
      named: {
        clause,
        text,
        places,
        suggestions: [],
        cue: cue || (before?.cue ?? ""),
        at: token.index,
        length,
      },
      end: at + length,
    };
  }
  const alone = clause.cue !== "" && tokens.filter(({ word }) => !fillers.has(word)).length <= 2;
  if (!(inPlace || alone) || !couldBeName(token, vocabulary)) return null;
  const end = nameEnd(tokens, at, vocabulary);
  const text = tokens
    .slice(at, end)
    .map((one) => one.text)
    .join(" ");
  const near = nearest(valueKey(text), vocabulary);
  const named = { clause, text, cue: cue || (before?.cue ?? ""), at: token.index, length: end - at };
  const only = near.length === 1 ? near[0] : undefined;
  if (only) return { named: { ...named, places: only.places, suggestions: [] }, end };
  const suggestions = [...new Set(near.map(({ places }) => places[0]?.value ?? ""))].filter(Boolean);
  // An unknown word counts as a value only where a place or a name must stand, or in a list of such.
  const isCapital = /^\p{Lu}\p{Ll}/u.test(token.text);
  const strict =
    /^(in|from|at|within|near|outside|based|located)$/.test(cue) ||
    (cue !== "" && isCapital) ||
    (listed && end === tokens.length && (isCapital || (clause.joint === "and" && before?.cue !== "")));
  return strict || suggestions.length > 0 ? { named: { ...named, places: [], suggestions }, end } : null;
}

/** A word that also names features ("premium") is a value only where a value stands; a plain name is one anywhere. */
function isMeant(
  words: Token[],
  places: ValuePlace[],
  tokens: Token[],
  at: number,
  inPlace: boolean,
  vocabulary: Vocabulary,
): boolean {
  if (words.length === 1 && fillers.has(words[0]?.word ?? "")) return false;
  if (inPlace || words.some(({ mark }) => mark === "entity")) return true;
  const ofColumn = new Set(places.flatMap(({ column }) => nameWords(column).map(stem)));
  // "Tier 2" says its column itself.
  if (words.length > 1 && words.some((one) => ofColumn.has(one.stem))) return true;
  const next = tokens[at + words.length];
  if (next?.mark === "entity" || postpositions.test(next?.word ?? "")) return true;
  // "Gold plan", "plan gold": the column is named beside it.
  if ([tokens[at - 1], next].some((one) => one && ofColumn.has(one.stem))) return true;
  // Names are written with a capital in the data; codes such as `business` are common words.
  const isName = places.some(({ value }) => /^\p{Lu}/u.test(value));
  const known = words.every(({ word, stem: root }) => word.length < 3 || vocabulary.stems.has(root));
  const begins =
    tokens.slice(0, at).every(({ word }) => fillers.has(word)) && (!next || prepositions.test(next.word));
  return begins ? !known || !isName : isName && !known;
}

function sameColumn(place: ValuePlace, before: NamedValue | undefined): boolean {
  const { places = [] } = before ?? {};
  return (
    places.length === 0 ||
    places.some(({ table, column }) => table === place.table && column === place.column)
  );
}

/** Where a value stands, as written or in the singular. */
function placesOf(words: Token[], vocabulary: Vocabulary): ValuePlace[] | undefined {
  const texts = words.map(({ text, possessive }) => (possessive ? text.replace(/['’]s$/, "") : text));
  const last = texts.at(-1) ?? "";
  const key = valueKey(texts.join(" "));
  return (
    vocabulary.values.get(key) ??
    vocabulary.values.get(valueKey([...texts.slice(0, -1), singular(last)].join(" ")))
  );
}

function cueBefore(tokens: Token[], at: number): string {
  let index = at - 1;
  while (
    index >= 0 &&
    /^(the|a|an|city|state|town|region|area)$/.test(tokens[index]?.word ?? "") &&
    !tokens[index]?.mark
  )
    index--;
  const word = tokens[index]?.word ?? "";
  if (index < 0 || tokens[index]?.mark === "filter") return "";
  return prepositions.test(word) ? word : "";
}

function couldBeName(token: Token, vocabulary: Vocabulary): boolean {
  return (
    token.word.length > 2 &&
    !/^\d/.test(token.word) &&
    !fillers.has(token.word) &&
    !vocabulary.stems.has(token.stem) &&
    !vocabulary.entities.has(token.word) &&
    !vocabulary.roles.has(token.word) &&
    monthOf(token.word) === null &&
    !isMisspelt(token.word, vocabulary)
  );
}

/** "Engagment" is no place: it is near to a word of the registry and to no value. */
function isMisspelt(word: string, vocabulary: Vocabulary): boolean {
  if (word.length < 6 || nearest(word, vocabulary).length > 0) return false;
  const limit = word.length < 9 ? 1 : 2;
  return [...vocabulary.words].some((one) => editDistance(word, one, limit) <= limit);
}

/** A name of several words: capitalised ones that follow each other. */
function nameEnd(tokens: Token[], at: number, vocabulary: Vocabulary): number {
  let end = at + 1;
  const capital = /^\p{Lu}/u;
  while (
    capital.test(tokens[at]?.text ?? "") &&
    capital.test(tokens[end]?.text ?? "") &&
    !tokens[end]?.mark &&
    couldBeName(tokens[end] as Token, vocabulary)
  ) {
    end++;
  }
  return end;
}

/** The values nearest to a misspelt word: one edit for short words, two from eight letters on, none below four. */
function nearest(key: string, vocabulary: Vocabulary): NearValue[] {
  const known = vocabulary.nearValues.get(key);
  if (known) return known;
  const found = findNearest(key, vocabulary);
  // A long message repeats its words; what is kept for them stays small.
  if (vocabulary.nearValues.size > 2000) vocabulary.nearValues.clear();
  vocabulary.nearValues.set(key, found);
  return found;
}

function findNearest(key: string, vocabulary: Vocabulary): NearValue[] {
  const limit = key.length < 4 ? 0 : key.length < 8 ? 1 : 2;
  let best: NearValue[] = [];
  let least = limit + 1;
  if (limit === 0) return best;
  for (const [candidate, places] of vocabulary.values) {
    const distance = editDistance(key, candidate, Math.min(limit, least));
    if (distance < least) {
      least = distance;
      best = [];
    }
    if (distance === least && distance <= limit) best.push({ key: candidate, places });
  }
  // Two spellings of the same value are one.
  return best.filter(
    ({ places }, index) => best.findIndex((one) => one.places[0]?.value === places[0]?.value) === index,
  );
}
