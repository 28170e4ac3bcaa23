import { functionRefusal, refusal } from "../refusal";
import type { Token } from "../text";

/** Far more than a person types; the parser's own stack would not do for many times as much. */
const maximumTokens = 3000;

/**
 * The statement from its tokens alone, so that what is checked is what runs: without comments, on which parsers disagree,
 * and with at most two brackets around one thing, since the parser nests 32 deep.
 * @throws AppError SQL_REFUSED for what means something to Snowflake beyond a SELECT over tables
 */
export function canonicalText(tokens: Token[]): string {
  if (tokens.length > maximumTokens) {
    throw refusal(
      "text",
      "too long",
      `The statement has ${tokens.length.toLocaleString("en")} words and signs; at most ${maximumTokens.toLocaleString("en")} may run here. Shorten it.`,
    );
  }
  for (const [index, token] of tokens.entries()) {
    refuseSigns(token, tokens[index + 1]);
    refuseQuotedFunction(token, tokens[index - 1], tokens[index + 1]);
  }
  const left = withoutNeedlessBrackets(tokens);
  return left
    .map((token, index) => {
      const before = left[index - 1];
      return before && before.at + before.text.length < token.at ? ` ${token.text}` : token.text;
    })
    .join("");
}

function refuseSigns({ kind, text, at }: Token, next: Token | undefined): void {
  const because = (reason: string, what: string) =>
    refusal("construct", reason, `${what} may not be used here. Read the mart's tables alone.`, { at });
  if (kind === "symbol" && text === "@") throw because("stage", "A stage (`@…`)");
  if (kind === "symbol" && text === "$") throw because("variable", "A variable or a numbered column (`$…`)");
  if (kind === "symbol" && text === "?") throw because("parameter", "A parameter (`?`)");
  if (kind === "word" && text.includes("$")) throw because("system name", `“${text.slice(0, 80)}”`);
  if (kind === "symbol" && text === ">" && next?.text === ">") throw because("flow", "`->>` and `>>`");
  // Whether the backslash or the quote is the last of the two is read in two ways.
  if (kind === "text" && text.slice(0, -1).includes("\\'")) {
    throw refusal(
      "text",
      "escaped quote",
      "Write a quote within a text as two quotes (''), not with a backslash.",
      { at },
    );
  }
}

/** A quoted name calls a function of the account's own, whatever the parser takes it for; after AS it names columns. */
function refuseQuotedFunction({ kind, text, at }: Token, before?: Token, next?: Token): void {
  const isCalled = kind === "name" && next?.kind === "symbol" && next.text === "(";
  if (isCalled && !/^(AS|WITH|RECURSIVE|IN)$/i.test(before?.text ?? "")) throw functionRefusal(text, { at });
}

function withoutNeedlessBrackets(tokens: Token[]): Token[] {
  const partners = new Map<number, number>();
  const open: number[] = [];
  for (const [index, { kind, text }] of tokens.entries()) {
    if (kind !== "symbol") continue;
    if (text === "(") open.push(index);
    if (text === ")") partners.set(open.pop() ?? -1, index);
  }
  const needless = new Set<number>();
  for (const [from, to] of partners) {
    if (partners.get(from + 1) === to - 1 && partners.get(from + 2) === to - 2) needless.add(from).add(to);
  }
  return tokens.filter((_, index) => !needless.has(index));
}
