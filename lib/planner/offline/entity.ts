import type { Token } from "./text";
import { singular } from "./text";
import { entityKey, type Vocabulary } from "./vocabulary";

interface Mention {
  entity: string;
  start: number;
  end: number;
  weight: number;
}

/** The entity that rows are about, from how strongly the words say so. Marks its mentions. */
export function readEntity(tokens: Token[], vocabulary: Vocabulary): string | null {
  const mentions = tokens.flatMap((_, at) => mentionAt(tokens, at, vocabulary) ?? []);
  const best = mentions.reduce<Mention | null>(
    (top, one) => (!top || one.weight > top.weight ? one : top),
    null,
  );
  if (!best || best.weight < 2) return null;
  for (const { entity, start, end } of mentions) {
    if (entity === best.entity) for (const token of tokens.slice(start, end)) token.mark = "entity";
  }
  return best.entity;
}

/** The entity named at `at`, if any, and how many words name it. */
export function entityAt(
  tokens: Token[],
  at: number,
  vocabulary: Vocabulary,
): { entity: string; end: number } | null {
  for (const length of [3, 2, 1]) {
    const words = tokens.slice(at, at + length);
    if (words.length < length || words.some(({ mark }) => mark)) continue;
    const entity = vocabulary.entities.get(entityKey(words.map(({ word }) => word).join(" ")));
    if (entity) return { entity, end: at + length };
  }
  return null;
}

function mentionAt(tokens: Token[], at: number, vocabulary: Vocabulary): Mention | null {
  const found = entityAt(tokens, at, vocabulary);
  if (!found) return null;
  const last = tokens[found.end - 1] as Token;
  const plural = last.word !== singular(last.word);
  return { ...found, start: at, weight: weigh(tokens, at, found.end, plural) };
}

const perWords = /^(per|each|every)$/;
const afterPopulation =
  /^(in|from|at|within|near|across|of|with|who|that|which|where|whose|having|based|located|outside|not|except|excluding|only|rated|between|for|out|departing|arriving|leaving|mein|me|ke|ka|ki|and|aur)$/;

function weigh(tokens: Token[], start: number, end: number, plural: boolean): number {
  const before = tokens[start - 1];
  const after = tokens[end];
  const joined = after !== undefined && /^\s*$/.test(after.gap);
  // "At least 10 listings" counts listings; its rows are something else.
  if (before?.mark === "filter") return 0;
  if (before && perWords.test(before.word)) return 10;
  if (/^(level|wise)$/.test(after?.word ?? "")) return 9;
  if (before?.word === "by" && start === 1) return 6;
  if (/^(many)$/.test(before?.word ?? "")) return 8;
  if (tokens[end - 1]?.possessive) return plural ? 3 : 2;
  if (
    plural &&
    (!joined || afterPopulation.test(after.word) || after.mark === "filter" || after.mark === "time")
  ) {
    return /^(of|by|from)$/.test(before?.word ?? "") ? 4 : 6;
  }
  if (plural) return 3;
  // "For seller prioritisation" speaks of sellers; "city demographics" speaks of demographics.
  return /^(for|each|a|every|the)$/.test(before?.word ?? "") || before?.mark === "cue" ? 2 : 1;
}
