export type SqlTokenKind = "keyword" | "function" | "string" | "number" | "comment" | "plain";

export interface SqlToken {
  kind: SqlTokenKind;
  text: string;
}

const keywords = new Set(
  `all and any as asc between bigint boolean by case cast copy cross date decimal desc distinct double else
  end except exclude exists false filter first following from full group grouping having ilike in inner integer intersect
  interval is join last lateral left like limit natural not null nulls offset on or order outer over partition preceding
  qualify range right rows select set then timestamp to true try_cast unbounded union unnest using values varchar when
  where window with within`.split(/\s+/),
);

// In order: comments, quoted text, quoted names, numbers, words, and what is left.
const pattern =
  /(--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|('(?:[^']|'')*(?:'|$))|("(?:[^"]|"")*(?:"|$))|(\b\d+(?:\.\d+)?(?:e[+-]?\d+)?\b)|([A-Za-z_][\w$]*)|([^\w'"]+|.)/giy;

/** Splits SQL of either dialect into what a reader's eye tells apart. Joined again, the tokens are the text. */
export function tokenizeSql(sql: string): SqlToken[] {
  const tokens: SqlToken[] = [];
  pattern.lastIndex = 0;
  for (let match = pattern.exec(sql); match; match = pattern.exec(sql)) {
    const text = match[0];
    const kind = kindOf(match, sql, pattern.lastIndex);
    const last = tokens.at(-1);
    // `--` and `/*` begin inside what is left, so a run of punctuation is cut before them.
    const cut = kind === "plain" ? text.search(/--|\/\*/) : -1;
    const kept = cut > 0 ? text.slice(0, cut) : text;
    if (cut > 0) pattern.lastIndex -= text.length - cut;
    if (last?.kind === "plain" && kind === "plain") last.text += kept;
    else tokens.push({ kind, text: kept });
  }
  return tokens;
}

function kindOf(match: RegExpExecArray, sql: string, end: number): SqlTokenKind {
  const [, comment, string, , number, word] = match;
  if (comment !== undefined) return "comment";
  if (string !== undefined) return "string";
  if (number !== undefined) return "number";
  if (word === undefined) return "plain";
  if (keywords.has(word.toLowerCase())) return "keyword";
  return sql[end] === "(" ? "function" : "plain";
}
