import type { Dialect } from "@/lib/warehouse/port";
import { refusal } from "./refusal";

/** In UTF-8: what a person or a model types, not what a program generates. */
const maximumBytes = 20_000;
const maximumNesting = 100;

export interface Token {
  kind: "word" | "name" | "text" | "number" | "symbol" | "comment";
  text: string;
  at: number;
}

/**
 * What can be said of a statement before any parser sees it: its size, its characters, its nesting, that it is one. Gives
 * its text without what stands after its end, and its tokens in that dialect.
 * @throws AppError SQL_REFUSED
 */
export function checkText(sql: string, dialect: Dialect): { sql: string; tokens: Token[] } {
  const bytes = Buffer.byteLength(sql);
  if (bytes > maximumBytes) {
    throw refusal(
      "text",
      "too long",
      `The statement has ${bytes.toLocaleString("en")} bytes; at most ${maximumBytes.toLocaleString("en")} may run here. Shorten it, for instance by a join or a range in place of a long list.`,
    );
  }
  if (sql.includes("\0") || /[\ud800-\udfff]/u.test(sql)) {
    throw refusal("text", "broken text", "The statement holds characters that are no text. Type it anew.", {
      at: sql.search(/\0|[\ud800-\udfff]/u),
    });
  }
  const tokens = [...readTokens(sql, dialect)];
  const solid = tokens.filter(({ kind }) => kind !== "comment");
  const end = solid.findIndex(({ text, kind }) => kind === "symbol" && text === ";");
  const after = end === -1 ? undefined : solid.slice(end).find(({ text }) => text !== ";");
  if (after) {
    throw refusal(
      "statement",
      "several statements",
      "Only one statement may run at a time. Take out what stands after the `;`.",
      {
        at: after.at,
      },
    );
  }
  const own = end === -1 ? solid : solid.slice(0, end);
  if (own.length === 0) {
    throw refusal("statement", "empty", "There is no statement here. Begin with SELECT.");
  }
  checkNesting(own);
  return { sql: end === -1 ? sql.trim() : sql.slice(0, solid[end]?.at).trim(), tokens: own };
}

function* readTokens(sql: string, dialect: Dialect): Generator<Token> {
  const { kinds, pattern } = lexers[dialect];
  pattern.lastIndex = 0;
  while (pattern.lastIndex < sql.length) {
    const at = pattern.lastIndex;
    const found = pattern.exec(sql);
    if (!found) throw strangeCharacter(sql, at);
    const kind = kinds.find((name) => found.groups?.[name] !== undefined);
    if (!kind) continue;
    const text = found[0];
    if (kind === "comment" && text.startsWith("/*") && text.indexOf("/*", 1) !== -1) {
      throw refusal(
        "text",
        "comment in a comment",
        "A comment holds the beginning of another. Take one of them out.",
        { at },
      );
    }
    if (kind === "symbol" && sql.startsWith("/*", at)) {
      throw refusal("syntax", "unclosed comment", "A comment is opened and never closed. Close it with */.", {
        at,
      });
    }
    // Characters that nobody sees make a statement read otherwise than it runs; a value may hold them.
    const hidden = kind === "text" ? -1 : text.search(/[\p{Cf}\p{Zl}\p{Zp}]|(?![\t\n\r])\p{Cc}/u);
    if (hidden !== -1) throw strangeCharacter(sql, at + hidden);
    yield { kind, text, at };
  }
}

/** DuckDB: '' within text, E'\'', nested quotes doubled, $tag$…$tag$. Snowflake: \' too, $$…$$, and // begins a comment. */
const blockComment = "/\\*[^]*?\\*/";
const lexers = {
  duckdb: lexer({
    comment: `--[^\\n\\r]*|${blockComment}`,
    text: "[eE]'(?:[^'\\\\]|''|\\\\[^])*'|(?:[xXbBnN]|[uU]&)?'(?:[^']|'')*'|\\$(?<tag>[A-Za-z_][A-Za-z0-9_]*)?\\$[^]*?\\$\\k<tag>\\$",
  }),
  snowflake: lexer({
    comment: `(?:--|//)[^\\n\\r]*|${blockComment}`,
    text: "[xX]?'(?:[^'\\\\]|''|\\\\[^])*'|\\$\\$[^]*?\\$\\$",
  }),
};

function lexer({ comment, text }: { comment: string; text: string }) {
  const kinds = ["comment", "text", "name", "number", "word", "symbol"] as const;
  const pattern = [
    "[ \\t\\n\\r]+",
    `(?<comment>${comment})`,
    `(?<text>${text})`,
    '(?<name>"(?:[^"]|"")*")',
    "(?<number>(?:\\d[\\d_]*(?:\\.[\\d_]*)?|\\.\\d[\\d_]*)(?:[eE][+-]?\\d+)?)",
    "(?<word>[A-Za-z_][A-Za-z0-9_$]*)",
    // Not a quote: that is a text or a name without an end.
    "(?<symbol>[!#$%&()*+,\\-./:;<=>?@[\\\\\\]^{|}~])",
  ].join("|");
  return { kinds, pattern: new RegExp(pattern, "yu") };
}

function strangeCharacter(sql: string, at: number) {
  const character = String.fromCodePoint(sql.codePointAt(at) ?? 0);
  const more = { at };
  if (character === "'" || character === '"') {
    return refusal("syntax", "unclosed quote", `A ${character} is opened and never closed. Close it.`, more);
  }
  if (character === "`") {
    return refusal(
      "text",
      "backtick",
      "The statement holds a backtick. Leave out code fences, and put names in double quotes.",
      more,
    );
  }
  const code = `U+${character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0")}`;
  return refusal(
    "text",
    "strange character",
    `The character ${code} may stand in text values and quoted names only, and there only where it can be seen. Take it out, or put the name in double quotes.`,
    more,
  );
}

function checkNesting(tokens: Token[]): void {
  let depth = 0;
  for (const { kind, text, at } of tokens) {
    if (kind !== "symbol") continue;
    if ("([{".includes(text)) depth++;
    if (")]}".includes(text)) depth--;
    if (depth > maximumNesting) {
      throw refusal(
        "text",
        "nested too deeply",
        `Brackets stand in more than ${maximumNesting} others. Write it flatter.`,
        { at },
      );
    }
    if (depth < 0) throw refusal("syntax", "unbalanced", `A ${text} closes what was never opened.`, { at });
  }
  if (depth > 0) throw refusal("syntax", "unbalanced", "A bracket is opened and never closed. Close it.");
}
