import type { AggregationRule } from "@/lib/registry/types";
import { ruleOf } from "./aggregation-words";
import type { Clause } from "./clauses";
import { exportWords, featureNouns, fillers, purposeNouns } from "./lexicon";
import { singular, stem, type Token } from "./text";
import type { Vocabulary } from "./vocabulary";

/** What is left of a clause when filters, times and fillers are taken out: words that name features. */
export interface Phrase {
  clause: Clause;
  /** The words to search for. */
  tokens: Token[];
  /** The person's words, with what stands between. */
  text: string;
  /** Says "features", "data" … so that something is asked for even when nothing fits. */
  asks: boolean;
  role: string | null;
  /** "The plane's age": the rest has to be found within what the plane's table has. */
  strict: boolean;
  /** "Average weight": the rule, and the words without those that say it. */
  rule: { aggregation: AggregationRule; tokens: Token[] } | null;
}

/** At most so many phrases of a message are searched. */
const maxPhrases = 40;

export function readPhrases(clauses: Clause[], vocabulary: Vocabulary): Phrase[] {
  const phrases: Phrase[] = [];
  let owner: Token | null = null;
  for (const clause of clauses) {
    if (clause.joint === "stop") owner = null;
    dropPurpose(clause);
    readHowOld(clause);
    const role = takeRole(clause, vocabulary);
    const left = clause.tokens.filter(
      (token, at) => !token.mark && /\p{L}/u.test(token.word) && isTelling(clause.tokens, at, vocabulary),
    );
    if (left.every(({ word }) => exportWords.has(word))) left.length = 0;
    const named = clause.tokens.find(
      ({ possessive, mark, word }) => possessive && !mark && vocabulary.entities.has(singular(word)),
    );
    const inherits: boolean = owner !== null && clause.joint === "and" && !named && left.length > 0;
    const tokens: Token[] = inherits && owner ? [owner, ...left] : left;
    owner = named ?? (inherits ? owner : null);
    const ruled = ruleOf(clause.tokens);
    if (tokens.length === 0 || (owner === null && !ruled && speaksOfRows(clause, tokens, vocabulary)))
      continue;
    const cue = clause.tokens.slice(0, ruled?.end);
    // "How many sellers": what is counted are the rows.
    if (ruled?.rule === "count" && tokens.every((one) => cue.includes(one))) continue;
    phrases.push({
      clause,
      tokens,
      text: textOf(clause, tokens),
      asks: asks(clause),
      role,
      strict: owner !== null,
      rule: ruled && { aggregation: ruled.rule, tokens: tokens.filter((one) => !cue.includes(one)) },
    });
    if (phrases.length === maxPhrases) break;
  }
  return phrases;
}

/** "The make of the car": a common word is telling where it is said as the name of a feature. */
function isTelling(tokens: Token[], at: number, vocabulary: Vocabulary): boolean {
  const [before, token, after] = [tokens[at - 1], tokens[at] as Token, tokens[at + 1]];
  if (!fillers.has(token.word)) return true;
  const asNoun = before?.possessive || (before?.word === "the" && after?.word === "of");
  return asNoun === true && vocabulary.features.has(token.word);
}

/** "How old the plane is" asks for its age. */
function readHowOld({ tokens }: Clause): void {
  for (const [at, token] of tokens.entries()) {
    if (token.word === "old" && tokens[at - 1]?.word === "how")
      Object.assign(token, { word: "age", stem: stem("age") });
  }
}

/** "For our churn model": what it is for is not a feature. */
function dropPurpose({ tokens }: Clause): void {
  for (const [at, token] of tokens.entries()) {
    if (token.word !== "for" || /^(each|every|all)$/.test(tokens[at + 1]?.word ?? "")) continue;
    const end = tokens.findLastIndex(
      ({ word }, index) => index > at && index <= at + 6 && purposeNouns.has(word),
    );
    if (end < 0) continue;
    for (const one of tokens.slice(at, end + 1)) one.mark ??= "filler";
  }
}

function takeRole({ tokens }: Clause, vocabulary: Vocabulary): string | null {
  for (const [at, token] of tokens.entries()) {
    const before = tokens[at - 1]?.word === "the" ? tokens[at - 2] : tokens[at - 1];
    const after = tokens[at + 1];
    const isPlace =
      /^(at|of|in|from|for|to)$/.test(before?.word ?? "") || /^(side|end|airport)$/.test(after?.word ?? "");
    if (token.mark || !isPlace) continue;
    const role = [...vocabulary.roles].find(
      (one) =>
        token.word === one ||
        (token.word.length > 3 && (token.word.startsWith(one) || one.startsWith(token.word))),
    );
    if (!role) continue;
    token.mark = "role";
    if (after && !after.possessive && /^(side|end|airport)$/.test(after.word)) after.mark = "role";
    return role;
  }
  return null;
}

/** "… of the town", "tier-2 towns": an entity alone names no features, unless features are asked for. */
function speaksOfRows(clause: Clause, tokens: Token[], vocabulary: Vocabulary): boolean {
  // "For each patient: visits, city": in a list after the rows it is a wish like the others.
  const isListed =
    clause.joint !== "stop" && clause.joint !== "cue" && clause.tokens.every(({ mark }) => !mark);
  return tokens.every(({ word }) => vocabulary.entities.has(singular(word))) && !asks(clause) && !isListed;
}

function asks({ tokens, mood, cue, joiner }: Clause): boolean {
  return (
    mood !== "include" ||
    /^(add|include|append|attach)/.test(cue) ||
    /^(with|plus|including|having|along with|together with)$/.test(joiner) ||
    tokens.some(({ word }) => featureNouns.has(word))
  );
}

function textOf({ tokens }: Clause, left: Token[]): string {
  const first = tokens.findIndex(({ index }) => index === left.find((one) => tokens.includes(one))?.index);
  const last = tokens.findLastIndex((token) => left.includes(token));
  const own = tokens
    .slice(Math.max(0, first), last + 1)
    .filter(({ mark }) => mark !== "filter" && mark !== "cue");
  const owner = left.filter((token) => !tokens.includes(token));
  return [...owner, ...own].map(({ text }) => text).join(" ");
}
