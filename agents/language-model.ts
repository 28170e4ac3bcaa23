import { findModelAnswer, keepModelAnswer, reserveTokens } from "@/db/queries";
import { reserveTokensOfDay } from "@/db/queries/token-ledger";
import type { Viewer } from "@/lib/auth";
import { type Config, config } from "@/lib/config";
import type { LanguageModel, TokenLedger } from "@/lib/language-model";

/**
 * The language model of the settings for one run: its tokens are counted in the app's database, over all processes, and its
 * answers are kept with the conversation. Null for the offline planner.
 */
export function languageModelOf(
  planner: Config["planner"],
  viewer: Viewer,
  of: { conversationId: string; runId: string },
): LanguageModel | null {
  if (planner.maker === "offline") return null;
  const { tokensPerTurn: perTurn } = planner;
  const { tokensPerDay: perDay } = config();
  return {
    access: planner,
    ledger: {
      reserve: (least, most) => reserveTokens(viewer, of, { least, most, perTurn, perDay }),
    },
    answers: {
      find: (key) => findModelAnswer(viewer, of.conversationId, key),
      keep: (key, answer) => keepModelAnswer(viewer, of.conversationId, { key, answer }),
    },
  };
}

/** The same budget of the day for who asks a paid model outside of turns: its tokens are counted under the name. */
export function dayLedger(spender: "search" | "pipeline" | "eval" | "bench"): TokenLedger {
  return {
    reserve: (least, most) => reserveTokensOfDay(spender, { least, most, perDay: config().tokensPerDay }),
  };
}
