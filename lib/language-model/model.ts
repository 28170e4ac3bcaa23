import type { Config } from "@/lib/config";
import type { ModelAccess } from "@/lib/settings/model";

/** A language model with what it may take and what it has said before: handed to whoever asks it. */
export interface LanguageModel {
  access: ModelAccess;
  ledger: TokenLedger;
  answers: KeptAnswers;
}

export interface ChatTurn {
  role: "system" | "user" | "assistant";
  content: string;
}

/** Counts tokens against a budget, whoever else draws on it at the same time. */
export interface TokenLedger {
  /** Sets tokens aside before a call: `most` of them, or as many as are left, if that is `least` at least. */
  reserve(least: number, most: number): Promise<Reservation | UsedUp>;
}

export interface Reservation {
  tokens: number;
  /** Says how many the call took in truth. What a process that died had set aside stays counted. */
  settle(used: number): Promise<void>;
}

export interface UsedUp {
  usedUp: "turn" | "day";
  limit: number;
}

/** Answers that passed their check, by a hash of everything that they depend on. */
export interface KeptAnswers {
  find(key: string): Promise<string | null>;
  keep(key: string, answer: string): Promise<void>;
}

/** Keeps nothing. */
export const noKeptAnswers: KeptAnswers = { find: async () => null, keep: async () => {} };

const unbounded: TokenLedger = { reserve: async (_, most) => ({ tokens: most, settle: async () => {} }) };

/** A budget of this process alone; where there is a larger one, what is taken counts `within` that too. */
export function localLedger(limit: number, within = unbounded): TokenLedger & { readonly used: number } {
  let taken = 0;
  return {
    get used() {
      return taken;
    },
    async reserve(least, most) {
      if (limit - taken < least) return { usedUp: "turn", limit };
      const mine = Math.min(most, limit - taken);
      taken += mine;
      let tokens = 0;
      try {
        const outer = await within.reserve(least, mine);
        if ("usedUp" in outer) return outer;
        tokens = outer.tokens;
        const settle = (used: number) => {
          taken += used - tokens;
          return outer.settle(used);
        };
        return { tokens, settle };
      } finally {
        taken -= mine - tokens;
      }
    },
  };
}

/** The model of these settings for one process that keeps nothing, such as an eval; null for the offline planner. */
export function localModel(planner: Config["planner"], ledger: TokenLedger): LanguageModel | null {
  return planner.maker === "offline" ? null : { access: planner, ledger, answers: noKeptAnswers };
}
