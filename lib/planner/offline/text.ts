/** One word of a message. `gap` is what stood between it and the word before: spaces and punctuation. */
export interface Token {
  text: string;
  /** Lower case, without a possessive. */
  word: string;
  stem: string;
  possessive: boolean;
  gap: string;
  /** Position in the message's list of tokens. */
  index: number;
  /** What the token has been understood as; a token with a mark is not searched for as a feature. */
  mark: Mark | null;
}

export type Mark = "cue" | "filler" | "time" | "filter" | "entity" | "pii" | "nulls" | "role" | "feature";

const maxTokens = 4000;
const wordPattern = /[\p{L}\p{N}\p{M}_]+(?:['’.\-/][\p{L}\p{N}\p{M}_]+)*%?|[&%+<>=≥≤₹$]+/gu;

/** Splits a message into words; text beyond 4,000 words is not read. */
export function tokenize(message: string): Token[] {
  const tokens: Token[] = [];
  let end = 0;
  for (const match of message.slice(0, 40_000).matchAll(wordPattern)) {
    const gap = message.slice(end, match.index);
    end = match.index + match[0].length;
    // "Mumbai-based" and "pin/zip" are two words; v2026.11, 2026-06-30 and 1.5 are one, as are column names.
    for (const [position, text] of splitCompound(match[0].slice(0, 100)).entries()) {
      tokens.push(tokenOf(text, position === 0 ? gap : "-", tokens.length));
      if (tokens.length === maxTokens) return tokens;
    }
  }
  return tokens;
}

function splitCompound(text: string): string[] {
  if (/\d/.test(text) && !/^\d+-\p{L}+$/u.test(text)) return [text];
  return text.split(/[-/]|\.(?=\p{L})/u).filter((part) => part.length > 0);
}

function tokenOf(text: string, gap: string, index: number): Token {
  const lower = text.toLowerCase().normalize("NFKC").replace(/’/g, "'");
  const possessive = /'s$|s'$/.test(lower);
  const word = lower.replace(/'s$/, "").replace(/'$/, "");
  return { text, word, stem: stem(word), possessive, gap, index, mark: null };
}

/** The singular of an English noun, near enough: `cities` → `city`, `dealers` → `dealer`. */
export function singular(word: string): string {
  if (word.length < 4 || /(ss|us|is)$/.test(word)) return word;
  if (/ies$/.test(word)) return `${word.slice(0, -3)}y`;
  if (/(x|ch|sh|ss)es$/.test(word)) return word.slice(0, -2);
  return word.endsWith("s") ? word.slice(0, -1) : word;
}

/** Words whose ending is part of what they mean: marketing is not a market. */
const wholeWords = new Set(["marketing", "engineering", "being", "during"]);

/** A stem that `rated`, `rating` and `ratings` share; a `rate` is something else. */
export function stem(word: string): string {
  let base = singular(word);
  if (wholeWords.has(base)) return base;
  if (base.length > 5) base = base.replace(/(ing|ed)$/, "");
  else if (base.length === 5) base = base.replace(/ed$/, "");
  if (/([b-df-hj-np-tv-z])\1$/.test(base) && base.length > 4) base = base.slice(0, -1);
  if (base.length > 4) base = base.replace(/e$/, "");
  return base.length > 3 ? base.replace(/y$/, "i") : base;
}

/** The words of a name such as `poi_count_1km` or `AVG_PRICE`. */
export function nameWords(name: string): string[] {
  return name
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
}

/** Edits (insert, delete, replace, swap of neighbours) from one word to the other, or `limit + 1` when there are more. */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (before[j - 2] ?? 0) + 1);
      }
      row.push(best);
    }
    if (Math.min(...row) > limit) return limit + 1;
    before = previous;
    previous = row;
  }
  return previous[b.length] ?? limit + 1;
}
