import { featureNouns, fillers } from "./lexicon";
import { editDistance, nameWords, singular, stem, type Token } from "./text";
import type { Vocabulary } from "./vocabulary";

/**
 * A phrase's words as they were probably meant, for a phrase that means nothing as it is written: an unknown word becomes
 * the nearest word that names a table or a family, "featres" is dropped like "features". Null when nothing is near.
 */
export function respelt(tokens: Token[], vocabulary: Vocabulary): Token[] | null {
  let changed = false;
  const words = tokens.flatMap((token) => {
    if (token.word.length < 6 || vocabulary.stems.has(token.stem) || fillers.has(token.word)) return [token];
    const near = nearestWord(token.word, [namingWords(vocabulary), usualWords]);
    if (!near) return [token];
    changed = true;
    return fillers.has(near) ? [] : [{ ...token, word: near, stem: stem(near) }];
  });
  return changed ? words : null;
}

const usualWords = [...new Set([...featureNouns, ...fillers])].filter((word) => word.length >= 6);

/** Of lists of words, the nearest one of the first list that has any: one edit for short words, two from eight letters on. */
function nearestWord(word: string, lists: Iterable<string>[]): string | null {
  const limit = word.length < 8 ? 1 : 2;
  for (let edits = 1; edits <= limit; edits++) {
    for (const list of lists) {
      for (const known of list) {
        // Hardly anyone mistypes the first letter.
        if (known[0] === word[0] && editDistance(word, known, edits) === edits) return known;
      }
    }
  }
  return null;
}

/** Without the names of entities, which are read before: they say whose features are meant. */
function namingWords({ registry, entities }: Vocabulary): string[] {
  const texts = [
    ...registry.tables.flatMap(({ name, synonyms }) => [name, ...synonyms]),
    ...new Set(registry.features.map(({ family }) => family)),
  ];
  return [...new Set(texts.flatMap(nameWords))].filter(
    (word) => word.length >= 5 && !entities.has(singular(word)),
  );
}
