import type { PlannedRequest } from "../schema";
import type { Clause } from "./clauses";
import type { Condition } from "./conditions";
import { cueAt } from "./lexicon";
import type { Token } from "./text";

type Exclude = PlannedRequest["exclude"][number];

const sequences = (text: string) => text.split("|").map((entry) => entry.split(" "));
const personal = sequences(
  "pii|personal data|personal info|personal information|personal details|personally identifiable|personally identifiable information|personally identifiable data|personally identifying|personally identifying information|identifying information|identifying data|private data|private information|private details|sensitive data|sensitive information|sensitive columns|sensitive|personal columns|personal fields|personal stuff|personal|gdpr",
);
const freed = /^(free|out|removed|excluded|masked|off|hidden|dropped|gone|stripped)$/;
const anonymous = /^(anonymi[sz]ed?|anonymous|deidentified|pseudonymi[sz]ed)$/;

/** "No PII", "PII-free", "anonymised": marks the words; true when personal data are ruled out. */
export function excludesPersonal(clauses: Clause[]): Exclude[] {
  const found: Exclude[] = [];
  for (const { tokens, mood } of clauses) {
    for (let at = 0; at < tokens.length; at++) {
      const isAnonymous = anonymous.test(tokens[at]?.word ?? "");
      const length = isAnonymous ? 1 : cueAt(tokens, at, personal);
      if (length === 0 || tokens[at]?.mark) continue;
      const words = tokens.slice(at, at + length);
      const next = tokens[at + length];
      const free = freed.test(next?.word ?? "");
      for (const token of free && next ? [...words, next] : words) token.mark = "pii";
      if (mood === "exclude" || isAnonymous || free) {
        found.push({ kind: "pii", phrase: words.map(({ text }) => text).join(" ") });
      }
      at += length - 1;
    }
  }
  return found.slice(0, 1);
}

const nullWord = /^(null|nulls|missing|empty|blank|blanks|nan|nans|na|unfilled|unpopulated|nil|gaps|sparse)$/;
const filledWord =
  /^(filled|populated|complete|completeness|coverage|present|available|non-null|nonnull|fill)$/;
const columnWord =
  /^(column|columns|feature|features|field|fields|variable|variables|attributes|cols|anything|everything|those|ones|any|which|that|what)$/;
const shares: Record<string, number> = {
  mostly: 0.5,
  half: 0.5,
  largely: 0.5,
  mainly: 0.5,
  entirely: 0.99,
  completely: 0.99,
  fully: 0.99,
  all: 0.99,
  totally: 0.99,
  any: 0,
};

/** "Columns with more than 20% nulls": takes its comparison out of `conditions` and marks the words. */
export function readNullRates(
  tokens: Token[],
  conditions: Condition[],
): { excludes: Exclude[]; rest: Condition[] } {
  const excludes: Exclude[] = [];
  const rest = [...conditions];
  const columns = tokens.some(({ word }) => columnWord.test(word));
  for (const [at, token] of tokens.entries()) {
    const filled = filledWord.test(token.word);
    if (token.mark || !(nullWord.test(token.word) || filled) || !columns) continue;
    const condition = rest.find(({ start, end }) => Math.abs(end - at) <= 3 || Math.abs(at - start) <= 4);
    const share = tokens
      .slice(Math.max(0, at - 3), at)
      .map(({ word }) => shares[word])
      .find((one) => one !== undefined);
    const above = condition
      ? rateOf(condition, filled)
      : filled
        ? undefined
        : (share ?? (hasDrop(tokens, at) ? 0 : undefined));
    if (above === undefined) continue;
    if (condition) rest.splice(rest.indexOf(condition), 1);
    const start = Math.max(0, Math.min(condition?.start ?? at, at) - 4);
    const end = Math.max(condition?.end ?? at, at + 1);
    const words = tokens
      .slice(start, end)
      .filter(
        ({ mark, word }) =>
          mark === "filter" ||
          columnWord.test(word) ||
          /^(with|are|have|null|nulls|missing|empty|values|mostly)$/.test(word),
      );
    for (const one of [
      ...words,
      token,
      ...tokens.slice(at + 1, at + 2).filter(({ word }) => /^(values?|rates?|cells|data)$/.test(word)),
    ])
      one.mark = "nulls";
    excludes.push({
      kind: "null_rate",
      phrase: tokens
        .slice(start, end)
        .map(({ text }) => text)
        .join(" "),
      above,
    });
  }
  return { excludes: excludes.slice(0, 1), rest };
}

function rateOf({ values, unit }: Condition, filled: boolean): number | undefined {
  const value = values[0] ?? 0;
  const rate = unit === "percent" || value > 1 ? value / 100 : value;
  if (rate < 0 || rate > 1) return undefined;
  return filled ? Math.round((1 - rate) * 1e6) / 1e6 : rate;
}

function hasDrop(tokens: Token[], at: number): boolean {
  return tokens
    .slice(0, at)
    .some(({ word }) => /^(drop|remove|exclude|without|delete|discard|no|hatao)$/.test(word));
}
