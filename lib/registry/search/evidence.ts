import type { Unit } from "@/lib/embed";
import type { Documents } from "./documents";
import { buildLexicon, type Lexicon, type WordMatch } from "./lexicon";
import type { Nearness, Semantics } from "./semantics";

/** Everything that is known about one phrase. Weights and hits by position in {@link Documents}. */
export interface Evidence {
  phrase: string;
  /** One per unit of the phrase, in the same order in all three. */
  inTables: WordMatch[];
  inOwnWords: WordMatch[];
  inFeatures: WordMatch[];
  latent: Nearness;
  /** By the sentence model, where there is one. */
  sentence: Nearness | null;
}

export interface Lexicons {
  /** Tables with the words of their features. */
  tables: Lexicon;
  /** Tables by their own words alone. */
  ownWords: Lexicon;
  features: Lexicon;
}

const modifiers = new Set(["near", "nearby", "close", "close by", "nearest", "closest", "adjacent"]);

export function lexiconsOf(documents: Documents): Lexicons {
  // "How active the dealers are" asks for activity, "flats nearby" for flats: who the rows are about, and that something
  // is near, says little about which table is meant.
  const emphasis = ({ text, stems }: Unit) =>
    documents.entityStems.has(stems.join(" ")) || modifiers.has(text) ? 0.4 : 1;
  return {
    tables: buildLexicon(documents.tableTerms, emphasis),
    ownWords: buildLexicon(documents.ownTerms, emphasis),
    features: buildLexicon(documents.featureTerms, emphasis),
  };
}

export async function gatherEvidence(
  phrase: string,
  from: { lexicons: Lexicons; latent: Semantics; sentence: Semantics | null },
  accept?: (feature: number) => boolean,
): Promise<Evidence> {
  const [latent, sentence] = await Promise.all([
    from.latent.near(phrase, accept),
    from.sentence ? from.sentence.near(phrase, accept) : null,
  ]);
  return {
    phrase,
    inTables: from.lexicons.tables.match(phrase),
    inOwnWords: from.lexicons.ownWords.match(phrase),
    inFeatures: from.lexicons.features.match(phrase),
    latent: latent ?? { tables: new Float64Array(), features: new Map() },
    sentence,
  };
}

/** The BM25 scores of all documents that a word of the phrase met. */
export function lexicalScores(matches: WordMatch[]): Map<number, number> {
  const scores = new Map<number, number>();
  for (const { hits } of matches) {
    for (const [document, hit] of hits) scores.set(document, (scores.get(document) ?? 0) + hit.score);
  }
  return scores;
}

/** How much of the phrase is met, 0…1: the words' weights times how well each was met. */
export function coverage(matches: WordMatch[], qualityOf: (match: WordMatch, i: number) => number): number {
  const all = matches.reduce((sum, { weight }) => sum + weight, 0);
  return all > 0 ? metWeight(matches, qualityOf) / all : 0;
}

/**
 * How sure it is, 0…1, that a phrase speaks of a document: its coverage, or, for long sentences that say much beside, the
 * sheer weight of what is met.
 */
export function confidenceOf(
  matches: WordMatch[],
  qualityOf: (match: WordMatch, i: number) => number,
): number {
  return Math.max(coverage(matches, qualityOf), 1 - Math.exp(-metWeight(matches, qualityOf) / 2.5));
}

function metWeight(matches: WordMatch[], qualityOf: (match: WordMatch, i: number) => number): number {
  return matches.reduce((sum, match, i) => sum + match.weight * qualityOf(match, i), 0);
}

/** A cosine of the sentence model as a 0…1 share of certainty: under the first nothing is meant, over the second it is. */
export function certainty(cosine: number): number {
  return Math.min(1, Math.max(0, (cosine - 0.35) / 0.35));
}

/** Weighted sum of signals, each first scaled so that its best document has 1; the best sum is 1 too. */
export function fuse(signals: { scores: Iterable<[number, number]>; weight: number }[]): [number, number][] {
  const fused = new Map<number, number>();
  for (const { scores, weight } of signals) {
    const entries = [...scores];
    const best = entries.reduce((most, [, score]) => Math.max(most, score), 0);
    if (best <= 0) continue;
    for (const [document, score] of entries) {
      fused.set(document, (fused.get(document) ?? 0) + (weight * score) / best);
    }
  }
  const ordered = [...fused].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  const best = ordered[0]?.[1] ?? 1;
  return ordered.filter(([, score]) => score > 0).map(([document, score]) => [document, score / best]);
}
