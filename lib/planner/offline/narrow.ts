import type { Feature } from "@/lib/registry/types";
import type { PlannerContext } from "../port";
import { featureNouns } from "./lexicon";
import type { Phrase } from "./phrases";
import { nameWords, singular, stem } from "./text";
import type { Vocabulary } from "./vocabulary";

/** Words that narrow nothing: "education levels", "competition nearby". */
const vague = new Set(
  "level levels nearby near around local overall general whole full entire complete different various recent current behaviour behavior related based specific".split(
    " ",
  ),
);

/**
 * The features of a table that a phrase names beside the table itself; none: the whole table is meant. Null when the
 * phrase says whose the feature is ("the plane's age") and the table has nothing like it.
 */
export async function narrow(
  table: string,
  phrase: Phrase,
  windows: number[],
  vocabulary: Vocabulary,
  context: PlannerContext,
): Promise<string[] | null> {
  const { registry } = vocabulary;
  const own = registry.features.filter((feature) => feature.table === table && !feature.isKey);
  const spent = new Set((vocabulary.tableNames.get(table) ?? []).flatMap(({ words }) => [...words.keys()]));
  const left = phrase.tokens.filter(
    (token) => !spent.has(token.stem) && !vocabulary.entities.has(singular(token.word)),
  );
  const telling = left.filter(({ word }) => !featureNouns.has(word) && !vague.has(word));
  if (telling.length === 0) return inWindows(own, windows, true);

  const named =
    inFamily(
      own,
      telling.map((token) => token.stem),
    ) ??
    inNames(
      own,
      left.map((token) => token.stem),
      windows,
    ) ??
    inNames(
      own,
      telling.map((token) => token.stem),
      windows,
    ) ??
    nearlyInNames(
      own,
      left.map((token) => token.stem),
      windows,
    );
  if (named) return inWindows(named, windows, false);
  const kind = registry.tables.find(({ name }) => name === table)?.kind;
  if (!phrase.strict || kind !== "entity") return inWindows(own, windows, true);
  const [top] = await context.search.rankFeatures(left.map(({ word }) => word).join(" "), {
    table,
    limit: 1,
  });
  return top && top.score >= 0.3 ? [top.feature] : null;
}

/** The whole of a family when its name is said: "education", "contact intent". */
function inFamily(own: Feature[], said: string[]): Feature[] | null {
  const families = [...new Set(own.map(({ family }) => family))].map((family) => ({
    family,
    stems: new Set(nameWords(family).map(stem)),
  }));
  const exact = families.filter(
    ({ stems }) => stems.size === new Set(said).size && said.every((word) => stems.has(word)),
  );
  const fitting =
    exact.length > 0 ? exact : families.filter(({ stems }) => said.every((word) => stems.has(word)));
  const names = new Set(fitting.map(({ family }) => family));
  const found = own.filter(({ family }) => names.has(family));
  // A family that is the whole table narrows nothing.
  return found.length > 0 && found.length < own.length ? found : null;
}

/** The features whose names hold every word said, and of these the ones that hold the fewest others. */
function inNames(own: Feature[], said: string[], windows: number[]): Feature[] | null {
  return fewestOthers(own, windows, said, (words) => said.every((word) => words.has(word)));
}

/** The same where most words are held, at least two: "the distance to the nearest metro station". */
function nearlyInNames(own: Feature[], said: string[], windows: number[]): Feature[] | null {
  const most = Math.max(2, Math.ceil(said.length * 0.6));
  for (let held = said.length - 1; held >= most; held--) {
    const found = fewestOthers(
      own,
      windows,
      said,
      (words) => said.filter((word) => words.has(word)).length >= held,
    );
    if (found) return found;
  }
  return null;
}

function fewestOthers(
  own: Feature[],
  windows: number[],
  said: string[],
  holds: (words: Set<string>) => boolean,
): Feature[] | null {
  const fitting = own
    .map((feature) => ({ feature, words: new Set(nameWords(feature.name).map(stem)) }))
    .filter(({ words }) => holds(words))
    .filter(
      ({ feature }) =>
        windows.length === 0 || feature.windowDays === undefined || windows.includes(feature.windowDays),
    )
    .map(({ feature, words }) => ({
      feature,
      others: [...words].filter((word) => !said.includes(word)).length,
    }));
  const fewest = Math.min(...fitting.map(({ others }) => others));
  return fitting.length > 0
    ? fitting.filter(({ others }) => others === fewest).map(({ feature }) => feature)
    : null;
}

/**
 * With a look-back window said, only the features of that window, where there are such. "The last 90 days" of a table that
 * looks back 90 days is all of it, which is returned as no features in particular.
 */
function inWindows(features: Feature[], windows: number[], isWhole: boolean): string[] {
  const fits = features.filter(({ windowDays }) => windowDays !== undefined && windows.includes(windowDays));
  const longest = Math.max(0, ...features.map(({ windowDays }) => windowDays ?? 0));
  if (isWhole && (fits.length === 0 || windows.includes(longest))) return [];
  return (fits.length > 0 ? fits : features).map(({ name }) => name);
}
