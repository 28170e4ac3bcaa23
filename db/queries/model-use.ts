import { and, desc, eq, gt, lt, or, sql } from "drizzle-orm";
import type { Viewer } from "@/lib/auth";
import type { Reservation, UsedUp } from "@/lib/language-model";
import { database } from "../client";
import { storable } from "../columns";
import { conversations, modelAnswers } from "../schema";
import { requireConversation, requireRunOf } from "./ownership";
import { type AskedTokens, setAside } from "./token-ledger";

/** What of the turn's and the day's budget is left, and no more than that, is set aside for a call of this run. */
export function reserveTokens(
  viewer: Viewer,
  of: { conversationId: string; runId: string },
  asked: AskedTokens,
): Promise<Reservation | UsedUp> {
  return setAside(of.runId, asked, (tx) => requireRunOf(viewer, of.conversationId, of.runId, tx));
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
