import { and, eq, or, sql } from "drizzle-orm";
import { isDatabaseLost } from "@/lib/database-lost";
import type { Reservation, UsedUp } from "@/lib/language-model";
import { log } from "@/lib/log";
import { database, type Transaction } from "../client";
import { modelTokens } from "../schema";

/** One caller at a time looks at what is left and takes of it. */
const ledgerLock = 7_240_611;

export interface AskedTokens {
  least: number;
  most: number;
  perTurn: number;
  perDay: number;
}

/**
 * What of the day's budget is left, and no more than that, is set aside for a call outside of turns, by `spender`. The budget is
 * everybody's, so this asks for no viewer.
 */
export function reserveTokensOfDay(
  spender: string,
  asked: Omit<AskedTokens, "perTurn">,
): Promise<Reservation | UsedUp> {
  return setAside(spender, { ...asked, perTurn: Number.POSITIVE_INFINITY });
}

/** Sets tokens aside under the name of a turn's run or another spender, if `requireOwner` does not throw. */
export async function setAside(
  spender: string,
  { least, most, perTurn, perDay }: AskedTokens,
  requireOwner: (tx: Transaction) => Promise<unknown> = async () => {},
): Promise<Reservation | UsedUp> {
  const reserved = await database().transaction(
    async (tx): Promise<UsedUp | { tokens: number; day: string }> => {
      await requireOwner(tx);
      await tx.execute(sql`select pg_advisory_xact_lock(${ledgerLock})`);
      const today = sql<string>`(now() at time zone 'utc')::date`;
      const [taken] = await tx
        .select({
          day: sql<string>`${today}::text`,
          today: sql<string>`coalesce(sum(${modelTokens.tokens}) filter (where ${modelTokens.day} = ${today}), 0)`,
          turn: sql<string>`coalesce(sum(${modelTokens.tokens}) filter (where ${modelTokens.runId} = ${spender}), 0)`,
        })
        .from(modelTokens)
        .where(or(eq(modelTokens.day, today), eq(modelTokens.runId, spender)));
      const left = { turn: perTurn - Number(taken?.turn), day: perDay - Number(taken?.today) };
      if (left.turn < least) return { usedUp: "turn", limit: perTurn };
      if (left.day < least) return { usedUp: "day", limit: perDay };
      const tokens = Math.min(most, left.turn, left.day);
      const day = taken?.day ?? "";
      await tx
        .insert(modelTokens)
        .values({ day, runId: spender, tokens })
        .onConflictDoUpdate({
          target: [modelTokens.day, modelTokens.runId],
          set: { tokens: sql`${modelTokens.tokens} + ${tokens}` },
        });
      return { tokens, day };
    },
  );
  if ("usedUp" in reserved) return reserved;
  const { tokens, day } = reserved;
  return {
    tokens,
    async settle(used) {
      try {
        await database()
          .update(modelTokens)
          .set({ tokens: sql`greatest(0, ${modelTokens.tokens} + ${Math.round(used - tokens)})` })
          .where(and(eq(modelTokens.day, day), eq(modelTokens.runId, spender)));
      } catch (error) {
        if (!isDatabaseLost(error)) throw error;
        // What was paid for is not to be lost with it; too much is counted at worst.
        log.warn("tokens not settled", { spender, tokens, used, error });
      }
    },
  };
}
