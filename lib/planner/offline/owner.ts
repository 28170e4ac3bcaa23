import { fillers } from "./lexicon";
import { singular, type Token } from "./text";
import type { Vocabulary } from "./vocabulary";

/**
 * Marks whose the column of a filter is: the planes of "planes older than 10 years" and "the plane's age is above 10" say
 * nothing more once the filter on their table is read. `start` is the index of the filter's first word.
 */
export function markOwner(
  tokens: Token[],
  start: number,
  table: string,
  { registry, entities }: Vocabulary,
): void {
  const owner = tokens.findLast(
    ({ index, word, mark }) => index < start && (mark !== null || !fillers.has(word)),
  );
  const entity = registry.tables.find(({ name }) => name === table)?.entity;
  if (owner && owner.mark === null && entities.get(singular(owner.word)) === entity) owner.mark = "filter";
}
