import { conceptsOf, longestIdiom } from "./concepts";
import { stem } from "./stem";

/** A piece of a text that is searched as one: a word, a measure such as `7d`, or an idiom such as "foot traffic". */
export interface Unit {
  /** As it stood in the text, in lower case. */
  text: string;
  stems: string[];
  /** Ids of the thesaurus groups that the whole unit belongs to. */
  concepts: string[];
}

/**
 * The content of a text or an identifier, without its function words. `camelCase`, `snake_case` and measures are
 * understood: "bounce rate, last 7 days" and `bounce_rate_7d` give the same three units.
 */
export function unitsOf(text: string): Unit[] {
  const tokens = tokensOf(text);
  const stems = tokens.map(stem);
  const units: Unit[] = [];
  for (let at = 0; at < tokens.length; ) {
    const idiom = longestIdiom(stems, at);
    const length = idiom?.length ?? 1;
    const ownStems = stems.slice(at, at + length).filter((_, i) => !stopWords.has(tokens[at + i] ?? ""));
    if (idiom || ownStems.length > 0) {
      units.push({
        text: tokens.slice(at, at + length).join(" "),
        stems: ownStems,
        concepts: idiom?.concepts ?? conceptsOf(ownStems[0] ?? ""),
      });
    }
    at += length;
  }
  return units;
}

const camel = /(?<=[\p{Ll}\d])(?=\p{Lu}\p{Ll})|(?<=\p{Lu})(?=\p{Lu}\p{Ll}{2})|(?<=\p{Ll})(?=\p{Lu})/gu;

function tokensOf(text: string): string[] {
  const plain = text.normalize("NFKC").replace(camel, " ").toLowerCase().replace(/_/g, " ");
  return (
    measures(plain)
      .match(/[\p{L}\p{M}\p{N}.]*[\p{L}\p{N}]/gu)
      ?.flatMap(splitDots) ?? []
  );
}

/** A dot stays inside a number only. */
const splitDots = (token: string) =>
  /^\d+\.\d+\p{L}*$/u.test(token) ? [token] : token.split(".").filter(Boolean);

const unitDays: Record<string, number> = {
  day: 1,
  week: 7,
  fortnight: 14,
  month: 30,
  quarter: 90,
  year: 365,
};
const numerals: Record<string, number> = {
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  ten: 10,
  twelve: 12,
  fourteen: 14,
  thirty: 30,
  sixty: 60,
  ninety: 90,
};

/** Windows become days and distances metres or kilometres, written as names write them: `7d`, `500m`, `1km`. */
function measures(text: string): string {
  return text
    .replace(
      /\b(one|two|three|four|five|six|seven|ten|twelve|fourteen|thirty|sixty|ninety)(?=[ -](?:day|week|month|quarter|year|hour|km|kilomet|met))/g,
      (word) => String(numerals[word]),
    )
    .replace(
      /\b(?:last|past|previous|trailing)\s+(day|week|fortnight|month|quarter|year)\b/g,
      (_, unit) => ` ${unitDays[unit]}d `,
    )
    .replace(/\b(?:last|past|previous|trailing|rolling|recent)\s+(?=\d)/g, " ")
    .replace(
      /\b(\d+)[\s-]*(day|week|fortnight|month|quarter|year|mo|mth|yr|wk)s?\b/g,
      (_, count, unit) => ` ${days(Number(count), unit)}d `,
    )
    .replace(/\b(\d+)w\b/g, (_, count) => ` ${Number(count) * 7}d `)
    .replace(/\b(\d+(?:\.\d+)?)[\s-]*(?:km|kms|kilomet(?:er|re)s?)\b/g, (_, count) =>
      distance(Number(count) * 1000),
    )
    .replace(/\b(\d+)[\s-]*(?:met(?:er|re)s?|m)\b/g, (whole, count) =>
      /met/.test(whole) || Number(count) > 36
        ? distance(Number(count))
        : ` ${days(Number(count), "month")}d `,
    )
    .replace(/\b(\d+)[\s-]*(?:hours?|hrs?|h)\b/g, (_, count) => ` ${count}h `);
}

function days(count: number, unit: string): number {
  const known = unitDays[unit] ?? { mo: 30, mth: 30, yr: 365, wk: 7 }[unit] ?? 1;
  return known === 30 && count % 12 === 0 ? (count / 12) * 365 : known * count;
}

const distance = (metres: number) => (metres >= 1000 ? ` ${metres / 1000}km ` : ` ${metres}m `);

/** Words that say nothing about which table is meant; the last lines are the words of asking and of tables themselves. */
const stopWords = new Set(
  `a an the this that these those it its is are was were be been being am do does did done has have had having
  i me my mine we us our ours you your yours he him his she her hers they them their theirs who whom whose which what
  when where why how and or but nor so if then than as at by for from in into of off on onto out over to up down with
  within without about around across per via between among during before after through under above any all both
  each every either neither few more most much many other another some such no not only own same too very just also
  can could may might must shall should will would there here s t re ll ve d
  please want need wants needs give gives show tell find get fetch add include including build make take use using
  like look looking know see let lets something anything thing things think thinks thought say says said go goes going gone come comes
  really quite roughly much
  feature features data dataset table tables column columns field fields info information detail details`.split(
    /\s+/,
  ),
);
