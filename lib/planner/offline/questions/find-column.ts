import { conceptsOf, stem } from "@/lib/embed";
import type { Feature, Registry } from "@/lib/registry/types";
import { nameWords, singular } from "../text";
import type { Reached } from "./reach";

export interface FoundColumn {
  column: Feature;
  /** Columns that the same words could have meant as well. */
  others: Feature[];
  match: Match;
}

/** How well the words said are those of a column's name. */
interface Match {
  /** The last word of the name, what the thing is, was said. */
  head: boolean;
  /** Words said as they stand in the name, not by one that means the same. */
  exact: number;
  /** Words of the name that were not said; less than one for `mean` and the like, which go without saying. */
  extra: number;
  hops: number;
  /** The table of the things themselves, before one that tells more about them. */
  isPopulation: boolean;
  nullRate: number;
}

/** Said of a column without being in its name: "fuel type". */
const spare = /^(types?|kinds?|names?|category|categories|class|value|level|of|the|a|an|their|its|per)$/;
/** At the end of a name they say in what it is measured. */
const unitWord = /^(inr|usd|eur|km|m|pct|percent|days?|\d+[dwmy]?)$/;
const sameAs: Record<string, string> = { average: "mean", avg: "mean" };
const unsaid: Record<string, number> = { mean: 0.2, median: 0.4, total: 0.4, current: 0.4 };

/**
 * The column that a phrase names: every word of it stands in the column's name, or one that means the same. Columns that hold
 * personal data or are not stored are never meant.
 */
export function findColumn(
  phrase: string,
  reached: Iterable<Reached>,
  registry: Registry,
  accepts: (column: Feature) => boolean,
): FoundColumn | null {
  const all = nameWords(phrase);
  const telling = all.filter((word) => !spare.test(word));
  if (all.length === 0) return null;
  const entityWords = new Set(registry.entities.flatMap(({ name }) => nameWords(name)));
  const found = [...reached].flatMap(({ table, hops }) =>
    registry.features.flatMap((column) => {
      if (column.table !== table.name || column.pii || column.derived || !accepts(column)) return [];
      const name = wordsOf(column.name);
      // "Type" alone, or a name that has the word: then it is no filling.
      const match =
        matchWords(all, name, entityWords) ??
        (telling.length > 0 ? matchWords(telling, name, entityWords) : null);
      if (!match) return [];
      const isPopulation = table.kind === "entity";
      return [{ column, match: { ...match, hops, isPopulation, nullRate: column.nullRate } }];
    }),
  );
  found.sort((a, b) => compareMatches(a.match, b.match) || a.column.name.localeCompare(b.column.name));
  const [best, ...rest] = found;
  if (!best) return null;
  const { head, exact, hops, isPopulation } = best.match;
  const alike = rest.filter(
    ({ match }) =>
      match.head === head &&
      match.exact === exact &&
      match.hops === hops &&
      match.isPopulation === isPopulation,
  );
  // A name that was said whole is what was meant.
  const others = best.match.extra === 0 ? [] : alike.slice(0, 3).map(({ column }) => column);
  return { ...best, others };
}

/** The better match first. */
export function compareMatches(a: Match, b: Match): number {
  return (
    Number(b.head) - Number(a.head) ||
    b.exact - a.exact ||
    Number(b.isPopulation) - Number(a.isPopulation) ||
    a.hops - b.hops ||
    a.extra - b.extra ||
    a.nullRate - b.nullRate
  );
}

/** The words of a column's name, without the unit at its end. */
function wordsOf(name: string): string[] {
  const words = nameWords(name);
  return words.filter((word, index) => index === 0 || index < words.length - 1 || !unitWord.test(word));
}

/** The entity that a column is of may be said or left out: "seller plan" is PLAN, "plan" is SELLER_PLAN. */
function matchWords(
  said: string[],
  name: string[],
  entityWords: Set<string>,
): Pick<Match, "head" | "exact" | "extra"> | null {
  const met = new Set<number>();
  let exact = 0;
  for (const word of said) {
    const same = name.findIndex((one) => stemOf(one) === stemOf(word));
    const concepts = conceptsOf(stem(word));
    const at =
      same >= 0 ? same : name.findIndex((one) => conceptsOf(stem(one)).some((id) => concepts.includes(id)));
    if (at < 0 && entityWords.has(singular(word))) continue;
    if (at < 0) return null;
    if (same >= 0) exact++;
    met.add(at);
  }
  // "Sellers" alone is no column of them.
  if ([...met].every((at) => name.length > 1 && entityWords.has(name[at] ?? ""))) return null;
  const extra = name.reduce(
    (sum, word, at) =>
      sum + (met.has(at) || entityWords.has(word) ? 0 : (unsaid[stemOf(word)] ?? unsaid[word] ?? 1)),
    0,
  );
  return { head: met.has(name.length - 1), exact, extra };
}

const stemOf = (word: string) => stem(sameAs[word] ?? word);
