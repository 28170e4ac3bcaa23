import type { FeatureSet } from "@/lib/feature-set/schema";
import type { PlannedRequest } from "../schema";
import { fillers } from "./lexicon";
import { editDistance, singular, type Token } from "./text";
import { entityKey, type Vocabulary } from "./vocabulary";

interface Mention {
  entity: string;
  start: number;
  end: number;
  weight: number;
}

/** From this weight on, words speak of the rows rather than of features. */
const spoken = 2;
/** Once there is a set, only plain words change what its rows are about: "per city", "start over: cities with …". */
const decisive = 8;

/** The entity that rows are about, from how strongly the words say so. Marks its mentions. */
export function readEntity(
  tokens: Token[],
  vocabulary: Vocabulary,
  featureSet: FeatureSet | null,
): { entity: string | null; unresolved: PlannedRequest["unresolved"] } {
  const mentions = tokens.flatMap((_, at) => mentionAt(tokens, at, vocabulary) ?? []);
  const current = featureSet?.spine.kind === "population" ? featureSet.spine.entity : null;
  const anew = tokens.some(
    ({ word }, at) =>
      /^(build|create|scratch|new|fresh|anew)$/.test(word) ||
      (word === "over" && tokens[at - 1]?.word === "start"),
  );
  const able = mentions.filter(
    ({ entity, weight }) => weight >= (current === null || entity === current || anew ? spoken : decisive),
  );
  const best = able.reduce<Mention | null>((top, one) => (!top || one.weight > top.weight ? one : top), null);
  for (const { entity, start, end } of best ? mentions : []) {
    if (entity !== best?.entity) continue;
    const level = /^(level|wise)$/.test(tokens[end]?.word ?? "") ? 1 : 0;
    for (const token of tokens.slice(start, end + level)) token.mark = "entity";
  }
  return { entity: best?.entity ?? null, unresolved: best ? [] : unknownRows(tokens, vocabulary) };
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
  const found = entityAt(tokens, at, vocabulary) ?? misspeltAt(tokens, at, vocabulary);
  if (!found) return null;
  const last = tokens[found.end - 1] as Token;
  const plural = last.word !== singular(last.word);
  return { ...found, start: at, weight: weigh(tokens, at, found.end, plural) };
}

/** "Selers", "delers": one edit from the name of an entity, and no word of the registry. */
function misspeltAt(
  tokens: Token[],
  at: number,
  vocabulary: Vocabulary,
): { entity: string; end: number } | null {
  const token = tokens[at] as Token;
  const word = singular(token.word);
  if (token.mark || word.length < 5 || vocabulary.stems.has(token.stem) || fillers.has(token.word))
    return null;
  const near = [...vocabulary.entities].find(
    ([name]) => name[0] === word[0] && editDistance(word, name, 1) === 1,
  );
  return near && !vocabulary.values.has(token.word) ? { entity: near[1], end: at + 1 } : null;
}

const tableNouns = /^(table|matrix|dataset|frame|rows|list)$/;
const perWords = /^(per|each|every)$/;
const afterPopulation =
  /^(in|on|from|at|within|near|across|of|with|who|that|which|where|whose|having|based|located|outside|not|except|excluding|only|rated|between|for|out|departing|arriving|leaving|onboarded|joined|mein|ke|ka|and|aur|jinke|jinka|anywhere|everywhere|as)$/;

function weigh(tokens: Token[], start: number, end: number, plural: boolean): number {
  const before = tokens[start - 1];
  const after = tokens[end];
  const joined = after !== undefined && /^[^\S\n]*$/.test(after.gap);
  // "At least 10 listings" counts listings; its rows are something else.
  const counted = before && !before.mark && !fillers.has(before.word) ? tokens[start - 2] : before;
  if (counted?.mark === "filter") return 0;
  if (before && perWords.test(before.word)) return 10;
  if (/^(level|wise)$/.test(after?.word ?? "")) return 9;
  if (/^(rows?|entity|unit|grain|many)$/.test(before?.word ?? "")) return 9;
  if (/^(number|count)$/.test(tokens[0]?.word ?? "") && plural && start < 6) return 8;
  if (joined && !plural && tableNouns.test(after.word)) return 5;
  const isTableOf = before?.word === "of" && tableNouns.test(tokens[start - 2]?.word ?? "");
  if (isTableOf && plural) return 8;
  if (tokens[end - 1]?.possessive) return plural ? 3 : 2;
  const ends =
    !joined || afterPopulation.test(after.word) || after.mark === "filter" || after.mark === "time";
  if (plural && ends) return /^(of|by|from)$/.test(before?.word ?? "") ? 4 : 6;
  if (plural) return 3;
  // "For seller prioritisation" speaks of sellers; "city demographics" speaks of demographics.
  return /^(for|a|the)$/.test(before?.word ?? "") || before?.mark === "cue" ? 2 : 1;
}

/** "For each pizza": rows of something that the mart does not have. */
function unknownRows(tokens: Token[], vocabulary: Vocabulary): PlannedRequest["unresolved"] {
  const at = tokens.findIndex(({ word }, index) => perWords.test(word) && tokens[index + 1] !== undefined);
  const named = at < 0 ? undefined : tokens[at + 1];
  const isName = named && !named.mark && !fillers.has(named.word) && !vocabulary.stems.has(named.stem);
  if (!named || !isName) return [];
  named.mark = "entity";
  const suggestions = vocabulary.registry.entities.map(({ name }) => name);
  return [{ phrase: named.text, reason: "entity_unknown", table: null, column: null, suggestions }];
}
