import { ownTermsOf, type Speller, speller, type TermWeights, type Unit, unitsOf } from "@/lib/embed";

/** How a word of the phrase met a document, and how well: 1 is the very word. */
export interface Hit {
  kind: "word" | "synonym" | "spelling";
  quality: number;
  /** The part of the BM25 score that this word gives the document. */
  score: number;
  /** The term of the document that was met. */
  term: string;
}

/** One unit of a phrase and where it was met. */
export interface WordMatch {
  unit: Unit;
  /** How much the word says, 0…1: rare words weigh more, unknown ones nearly most. */
  weight: number;
  hits: Map<number, Hit>;
}

export interface Lexicon {
  match(phrase: string): WordMatch[];
}

const saturation = 1.2;
const lengthShare = 0.5;
/** A word that the registry does not use can only be meant as a synonym; one that it uses elsewhere is rather meant there. */
const qualityOf = { word: 1, part: 0.6, strayPart: 0.25, synonym: 0.8, besideWord: 0.6, spelling: 0.75 };

/**
 * An inverted index with BM25 weights over documents given as weighted terms. `emphasis` says how much a unit of a phrase
 * counts beside the others, 1 when all are alike.
 */
export function buildLexicon(documents: TermWeights[], emphasis: (unit: Unit) => number = () => 1): Lexicon {
  const postings = new Map<string, { document: number; weight: number }[]>();
  const lengths = documents.map((terms) => total(terms));
  const meanLength = lengths.reduce((sum, n) => sum + n, 0) / Math.max(1, documents.length) || 1;
  documents.forEach((terms, document) => {
    for (const [term, weight] of terms) {
      const list = postings.get(term);
      if (list) list.push({ document, weight });
      else postings.set(term, [{ document, weight }]);
    }
  });
  const nearest = speller(postings.keys());
  const rarity = (term: string) => {
    const count = postings.get(term)?.length ?? 0;
    return Math.log(1 + (documents.length - count + 0.5) / (count + 0.5));
  };
  const greatest = Math.log(1 + (documents.length + 0.5) / 0.5);

  return {
    match(phrase) {
      return unitsOf(phrase).map((unit) => {
        const stress = emphasis(unit);
        const hits = new Map<number, Hit>();
        const met = expansions(unit, (term) => postings.has(term), nearest);
        for (const { term, kind, quality } of met) {
          const scale = quality * rarity(term) * stress;
          for (const { document, weight } of postings.get(term) ?? []) {
            const norm = 1 - lengthShare + (lengthShare * (lengths[document] ?? 0)) / meanLength;
            const score = (scale * weight * (saturation + 1)) / (weight + saturation * norm);
            const known = hits.get(document);
            const better = !known || quality > known.quality ? { kind, quality, term } : known;
            hits.set(document, { ...better, score: Math.max(score, known?.score ?? 0) });
          }
        }
        const rarest = met.length > 0 ? Math.max(...met.map(({ term }) => rarity(term))) : greatest;
        return { unit, weight: stress * (0.25 + 0.75 * (rarest / greatest)), hits };
      });
    },
  };
}

interface Expansion {
  term: string;
  kind: Hit["kind"];
  quality: number;
}

/** The terms by which a unit may be met: itself, its thesaurus groups and, for a word nobody knows, its nearest spelling. */
function expansions(unit: Unit, known: (term: string) => boolean, nearest: Speller): Expansion[] {
  const single = unit.stems.length === 1;
  const synonyms = unit.concepts.filter(known);
  const own = ownTermsOf(unit).filter(known);
  const whole = unit.stems.join(" ");
  const found: Expansion[] = [
    // "Foot traffic" is not "per square foot": the parts of an idiom say little where the whole is known.
    ...own.map((term): Expansion => {
      const part = synonyms.length > 0 ? qualityOf.strayPart : qualityOf.part;
      return { term, kind: "word", quality: term === whole ? qualityOf.word : part };
    }),
    ...synonyms.map((term): Expansion => {
      const quality = own.includes(whole) ? qualityOf.besideWord : qualityOf.synonym;
      return { term, kind: "synonym", quality };
    }),
  ];
  const [first = ""] = unit.stems;
  if (found.length > 0 || !single) return found;
  const near = nearest(first);
  if (!near) return [];
  return [
    { term: near.stem, kind: "spelling" as const, quality: qualityOf.spelling },
    ...near.concepts.map((term) => ({ term, kind: "spelling" as const, quality: qualityOf.synonym })),
  ].filter(({ term }) => known(term));
}

const total = (terms: TermWeights) => [...terms.values()].reduce((sum, weight) => sum + weight, 0);
