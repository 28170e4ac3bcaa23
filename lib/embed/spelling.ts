import { conceptsOf, thesaurusStems } from "./concepts";

/** Stem of an unknown word → the known stem that was probably meant, with its thesaurus groups. */
export type Speller = (stem: string) => { stem: string; concepts: string[] } | null;

/** Finds the word that was probably meant by one that is not known; null when none is near enough. */
export function speller(vocabulary: Iterable<string>): Speller {
  const words = [...new Set([...vocabulary, ...thesaurusStems()])].filter((word) =>
    /^\p{L}{4,}$/u.test(word),
  );
  const byTrigram = new Map<string, number[]>();
  words.forEach((word, i) => {
    for (const trigram of trigrams(word)) {
      const list = byTrigram.get(trigram);
      if (list) list.push(i);
      else byTrigram.set(trigram, [i]);
    }
  });
  return (stem) => {
    if (!/^\p{L}{5,}$/u.test(stem)) return null;
    const shared = new Map<number, number>();
    for (const trigram of trigrams(stem)) {
      for (const i of byTrigram.get(trigram) ?? []) shared.set(i, (shared.get(i) ?? 0) + 1);
    }
    let best: { word: string; distance: number; shared: number } | null = null;
    for (const [i, count] of shared) {
      const word = words[i] ?? "";
      const distance = editDistance(stem, word);
      if (distance > allowed(stem, word)) continue;
      if (!best || distance < best.distance || (distance === best.distance && count > best.shared)) {
        best = { word, distance, shared: count };
      }
    }
    return best && { stem: best.word, concepts: conceptsOf(best.word) };
  };
}

/** Short words differ by one letter all the time (mars, cars), so only longer ones may be misspelt. */
function allowed(typed: string, word: string): number {
  if (typed[0] !== word[0]) return 0;
  const length = Math.min(typed.length, word.length);
  return length >= 8 ? 2 : length >= 5 ? 1 : 0;
}

function trigrams(word: string): Set<string> {
  const padded = `^${word}$`;
  return new Set(Array.from({ length: padded.length - 2 }, (_, i) => padded.slice(i, i + 3)));
}

/** Insertions, deletions, replacements and swaps of neighbours. */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min(replaced, (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, (before[j - 2] ?? 0) + 1);
      row.push(least);
    }
    before = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
