import type { Registry } from "@/lib/registry/types";

/**
 * The baseline to beat: Okapi BM25 (k1 1.2, b 0.75) over each table's name, description, columns and their descriptions,
 * split into lower-case words; no stems, synonyms, fields or vectors.
 */
export function plainBm25(registry: Registry): (phrase: string, limit: number) => string[] {
  const documents = [...tableTexts(registry)].map(([table, text]) => ({ table, words: wordsOf(text) }));
  const meanLength = documents.reduce((sum, { words }) => sum + words.length, 0) / documents.length;
  const counts = documents.map(({ words }) => countsOf(words));
  const frequency = new Map<string, number>();
  for (const words of counts)
    for (const word of words.keys()) frequency.set(word, (frequency.get(word) ?? 0) + 1);

  return (phrase, limit) => {
    const asked = [...new Set(wordsOf(phrase))];
    const scored = documents.map(({ table, words }, i) => {
      const norm = 1.2 * (0.25 + (0.75 * words.length) / meanLength);
      const score = asked.reduce((sum, word) => {
        const count = counts[i]?.get(word) ?? 0;
        const df = frequency.get(word) ?? 0;
        return (
          sum + (Math.log(1 + (documents.length - df + 0.5) / (df + 0.5)) * count * 2.2) / (count + norm)
        );
      }, 0);
      return { table, score };
    });
    const found = scored.filter(({ score }) => score > 0).sort((a, b) => b.score - a.score);
    return found.slice(0, limit).map(({ table }) => table);
  };
}

/** Everything that a table says of itself, as one text. */
export function tableTexts(registry: Registry): Map<string, string> {
  const texts = new Map(
    registry.tables.map((table) => [table.name, [table.name, table.description, ...table.synonyms]]),
  );
  for (const { table, name, description } of registry.features) texts.get(table)?.push(name, description);
  return new Map([...texts].map(([table, parts]) => [table, parts.join(" ")]));
}

function wordsOf(text: string): string[] {
  return (
    text
      .replace(/(?<=[a-z])(?=[A-Z])/g, " ")
      .toLowerCase()
      .match(/[a-z]+|\d+/g) ?? []
  );
}

function countsOf(words: string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}
