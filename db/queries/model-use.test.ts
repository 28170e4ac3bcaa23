import { sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Viewer } from "@/lib/auth";
import { aConversation, aRun } from "@/tests/support/a-conversation";
import { aViewer } from "@/tests/support/a-viewer";
import { createTestDatabase, type TestDatabase } from "@/tests/support/database";
import { database as db } from "../client";
import { deleteConversation } from "./conversations";
import { findModelAnswer, keepModelAnswer, reserveTokens } from "./model-use";
import { setRunStatus } from "./runs";

let testDatabase: TestDatabase;
let viewer: Viewer;
let of: { conversationId: string; runId: string };

beforeAll(async () => {
  testDatabase = await createTestDatabase();
});
afterAll(() => testDatabase.drop());
beforeEach(async () => {
  viewer = aViewer();
  const { conversation, run } = await aRun(viewer);
  of = { conversationId: conversation.id, runId: run.id };
  await db().execute(sql`delete from model_tokens`);
});

const asked = { least: 100, most: 300, perTurn: 1_000, perDay: 2_000 };
const reserve = (changes: Partial<typeof asked> = {}) => reserveTokens(viewer, of, { ...asked, ...changes });

describe("a budget of tokens", () => {
  it("gives what is left of it, and nothing where that is too little", async () => {
    for (const tokens of [300, 300, 300, 100]) expect(await reserve()).toMatchObject({ tokens });
    expect(await reserve()).toEqual({ usedUp: "turn", limit: 1_000 });
  });

  it("takes back what was not used, and more than was set aside where more was", async () => {
    const first = await reserve();
    if ("settle" in first) await first.settle(50);
    expect(await reserve({ perTurn: 160 })).toMatchObject({ tokens: 110 });
    const second = await reserve({ most: 100, perTurn: 500 });
    if ("settle" in second) await second.settle(900);
    expect(await reserve()).toEqual({ usedUp: "turn", limit: 1_000 });
  });

  it("of a day is that of all runs and all people; yesterday's counts no more, but a turn's goes on", async () => {
    await reserve({ least: 900, most: 900 });
    const other = aViewer();
    const { conversation, run } = await aRun(other);
    const theirs = () =>
      reserveTokens(other, { conversationId: conversation.id, runId: run.id }, { ...asked, perDay: 1_000 });
    expect(await theirs()).toMatchObject({ tokens: 100 });
    expect(await theirs()).toEqual({ usedUp: "day", limit: 1_000 });
    await db().execute(sql`update model_tokens set day = day - 1`);
    expect(await theirs()).toMatchObject({ tokens: 300 });
    expect(await reserve()).toMatchObject({ tokens: 100 });
  });

  it("is never given out twice, however many ask at once", async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => reserve({ perDay: 750 })));
    const given = answers.flatMap((one) => ("tokens" in one ? [one.tokens] : []));
    expect(given.reduce((sum, tokens) => sum + tokens, 0)).toBe(750);
    expect(answers.filter((one) => "usedUp" in one)).toHaveLength(17);
  });

  it("is not given back by deleting the conversation", async () => {
    await reserve({ least: 1_900, most: 1_900, perTurn: 5_000 });
    await setRunStatus(viewer, of.runId, "finished");
    await deleteConversation(viewer, of.conversationId);
    const { conversation, run } = await aRun(viewer);
    of = { conversationId: conversation.id, runId: run.id };
    expect(await reserve()).toMatchObject({ tokens: 100 });
  });
});

describe("a kept answer", () => {
  const keep = (key: string, answer: string) => keepModelAnswer(viewer, of.conversationId, { key, answer });
  const find = (key: string) => findModelAnswer(viewer, of.conversationId, key);

  it("is found in every conversation of its owner, and in nobody else's", async () => {
    await keep("k1", "one");
    const { id: another } = await aConversation(viewer);
    expect(await findModelAnswer(viewer, another, "k1")).toBe("one");
    const stranger = aViewer();
    const { id } = await aConversation(stranger);
    expect(await findModelAnswer(stranger, id, "k1")).toBeNull();
    expect(await find("k2")).toBeNull();
  });

  it("is replaced by a newer one, and goes with its conversation", async () => {
    await keep("k1", "one");
    await keep("k1", "two \0 and half a \ud83d");
    expect(await find("k1")).toMatch(/^two .* and half a/);
    await setRunStatus(viewer, of.runId, "finished");
    await deleteConversation(viewer, of.conversationId);
    const { id } = await aConversation(viewer);
    expect(await findModelAnswer(viewer, id, "k1")).toBeNull();
  });

  it("is kept for a week, among the 5,000 newest", async () => {
    await keep("old", "old");
    await db().execute(
      sql`update model_answers set created_at = now() - interval '8 days' where key = 'old'`,
    );
    expect(await find("old")).toBeNull();
    await db().execute(sql`insert into model_answers (key, conversation_id, answer, created_at)
      select 'many ' || i, ${of.conversationId}, '{}', now() - i * interval '1 second' from generate_series(1, 5100) i`);
    await keep("new", "new");
    const [row] = await db().execute<{ count: number; oldest: number }>(
      sql`select count(*)::int as count, count(*) filter (where key = 'old')::int as oldest from model_answers`,
    );
    expect(row).toEqual({ count: 5_000, oldest: 0 });
    expect(await find("new")).toBe("new");
    expect(await find("many 1")).toBe("{}");
    expect(await find("many 5099")).toBeNull();
  });
});
