import { and, desc, eq, gt, lt, or, sql } from "drizzle-orm";
import type { Viewer } from "@/lib/auth";
import { isDatabaseLost } from "@/lib/database-lost";
import type { Reservation, UsedUp } from "@/lib/language-model";
import { log } from "@/lib/log";
import { database, type Transaction } from "../client";
import { storable } from "../columns";
import { conversations, modelAnswers, modelTokens } from "../schema";
import { requireConversation, requireRunOf } from "./ownership";

/** One caller at a time looks at what is left and takes of it. */
const ledgerLock = 7_240_611;

interface Asked {
  least: number;
  most: number;
  perTurn: number;
  perDay: number;
}

/** What of the turn's and the day's budget is left, and no more than that, is set aside for a call of this run. */
export function reserveTokens(
  viewer: Viewer,
  of: { conversationId: string; runId: string },
  asked: Asked,
): Promise<Reservation | UsedUp> {
  return setAside(of.runId, asked, (tx) => requireRunOf(viewer, of.conversationId, of.runId, tx));
}

/** The same for what is asked outside of turns, by `spender`: it has the day's budget alone. */
export function reserveTokensOfDay(
  spender: string,
  asked: Omit<Asked, "perTurn">,
): Promise<Reservation | UsedUp> {
  return setAside(spender, { ...asked, perTurn: Number.POSITIVE_INFINITY });
}

async function setAside(
  spender: string,
  { least, most, perTurn, perDay }: Asked,
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

const bounds = { age: sql`interval '7 days'`, count: 5_000 };

/** What a model answered to an equal question in any of the viewer's conversations; null where nothing is kept. */
export async function findModelAnswer(
  viewer: Viewer,
  conversationId: string,
  key: string,
): Promise<string | null> {
  await requireConversation(viewer, conversationId);
  const [row] = await database()
    .select({ answer: modelAnswers.answer })
    .from(modelAnswers)
    .innerJoin(conversations, eq(conversations.id, modelAnswers.conversationId))
    .where(
      and(
        eq(modelAnswers.key, key),
        eq(conversations.ownerId, viewer.id),
        gt(modelAnswers.createdAt, sql`now() - ${bounds.age}`),
      ),
    )
    .orderBy(desc(modelAnswers.createdAt))
    .limit(1);
  return row?.answer ?? null;
}

/** Keeps an answer for a week, among the 5,000 newest of all. */
export async function keepModelAnswer(
  viewer: Viewer,
  conversationId: string,
  { key, answer }: { key: string; answer: string },
): Promise<void> {
  await requireConversation(viewer, conversationId);
  const kept = { answer: storable(answer), createdAt: sql`now()` };
  await database()
    .insert(modelAnswers)
    .values({ key, conversationId, ...kept })
    .onConflictDoUpdate({ target: [modelAnswers.key, modelAnswers.conversationId], set: kept });
  const surplus = database()
    .select({ createdAt: modelAnswers.createdAt })
    .from(modelAnswers)
    .orderBy(desc(modelAnswers.createdAt))
    .offset(bounds.count)
    .limit(1);
  await database()
    .delete(modelAnswers)
    .where(
      or(
        lt(modelAnswers.createdAt, sql`now() - ${bounds.age}`),
        sql`${modelAnswers.createdAt} <= (${surplus})`,
      ),
    );
}
