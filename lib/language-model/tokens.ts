import { AppError } from "@/lib/errors";
import { count } from "@/lib/figures";
import type { ChatTurn, Reservation, TokenLedger, UsedUp } from "./model";

/** Tokens: an answer with less room than this would be cut off. */
const leastOutput = 1_000;

/** Somewhat more tokens than a text has: three bytes each, which is also one letter of most scripts. */
export function estimateTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / 3);
}

export function estimateInput(turns: ChatTurn[], schema: Record<string, unknown>): number {
  const said = turns.reduce((sum, { content }) => sum + estimateTokens(content) + 8, 0);
  return said + estimateTokens(JSON.stringify(schema));
}

/**
 * Sets aside what an answer will take at most, before it is asked for.
 * @throws AppError MODEL_BUDGET_USED, which says when there will be tokens again
 */
export async function reserveAnswer(
  input: number,
  mostOutput: number,
  ledger: TokenLedger,
): Promise<Reservation & { output: number }> {
  const reserved = await reserveTokens(input + leastOutput, input + mostOutput, ledger);
  return { ...reserved, output: reserved.tokens - input };
}

/** @throws AppError MODEL_BUDGET_USED */
export async function reserveTokens(least: number, most: number, ledger: TokenLedger): Promise<Reservation> {
  const reserved = await ledger.reserve(least, most);
  if (!("usedUp" in reserved)) return reserved;
  throw new AppError("MODEL_BUDGET_USED", sentenceFor(reserved, new Date()), { details: { ...reserved } });
}

/** A request that was turned away, or that nobody took, cost nothing. */
export function wasFree(error: unknown): boolean {
  return error instanceof AppError && error.details.isFree === true;
}

function sentenceFor({ usedUp, limit }: UsedUp, now: Date): string {
  if (usedUp === "turn") {
    return `The budget of ${count(limit)} tokens that one message may take of the language model is used up; the next message has its own.`;
  }
  const renewed = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1));
  return `Today's budget of ${count(limit)} tokens for the language model is used up; it is renewed on ${renewed.toISOString().slice(0, 10)} at 00:00 UTC.`;
}
