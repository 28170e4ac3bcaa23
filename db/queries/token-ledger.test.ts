import { sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { aRun } from "@/tests/support/a-conversation";
import { aViewer } from "@/tests/support/a-viewer";
import { createTestDatabase, type TestDatabase } from "@/tests/support/database";
import { closeDatabase, database as db, setDatabaseUrl } from "../client";
import { reserveTokens } from "./model-use";
import { reserveTokensOfDay } from "./token-ledger";

let testDatabase: TestDatabase;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
});
afterAll(() => testDatabase.drop());
beforeEach(() =>
  db()
    .execute(sql`delete from model_tokens`)
    .then(() => {}),
);

const asked = { least: 100, most: 300, perDay: 1_000 };
const search = (changes: Partial<typeof asked> = {}) =>
  reserveTokensOfDay("search", { ...asked, ...changes });
const usedUp = { usedUp: "day", limit: 1_000 };

/** A call of a turn of somebody's. */
async function aTurn() {
  const viewer = aViewer();
  const { conversation, run } = await aRun(viewer);
  return () =>
    reserveTokens(
      viewer,
      { conversationId: conversation.id, runId: run.id },
      { ...asked, perTurn: 1_000_000 },
    );
}

async function counted(): Promise<Record<string, number>> {
  const rows = await db().execute<{ run_id: string; tokens: number }>(
    sql`select run_id, sum(tokens)::int as tokens from model_tokens group by run_id`,
  );
  return Object.fromEntries(rows.map(({ run_id, tokens }) => [run_id, tokens]));
}

it("is one budget for turns, searches and pipelines, each counted under its name", async () => {
  const turn = await aTurn();
  expect(await turn()).toMatchObject({ tokens: 300 });
  expect(await search()).toMatchObject({ tokens: 300 });
  expect(await reserveTokensOfDay("pipeline", asked)).toMatchObject({ tokens: 300 });
  expect(await turn()).toMatchObject({ tokens: 100 });
  for (const next of [turn, search, () => reserveTokensOfDay("pipeline", asked)]) {
    expect(await next()).toEqual(usedUp);
  }
  expect(await counted()).toMatchObject({ search: 300, pipeline: 300 });
});

it("is never given out twice, however many of each kind ask at once", async () => {
  const turn = await aTurn();
  const answers = await Promise.all(
    Array.from({ length: 30 }, (_, at) =>
      [turn, search, () => reserveTokensOfDay("pipeline", asked)][at % 3]?.(),
    ),
  );
  const given = answers.flatMap((one) => (one && "tokens" in one ? [one.tokens] : []));
  expect(given.reduce((sum, tokens) => sum + tokens, 0)).toBe(1_000);
  expect(answers.filter((one) => one && "usedUp" in one)).toHaveLength(26);
});

it("outlives the process, with what it had set aside", async () => {
  const settled = await search();
  if ("settle" in settled) await settled.settle(50);
  await search({ least: 800, most: 800 });
  await closeDatabase();
  setDatabaseUrl(testDatabase.url);
  expect(await search()).toMatchObject({ tokens: 150 });
});

it("is a new one with the day in UTC; what was set aside before midnight is settled for its own day", async () => {
  await setUpClock();
  await setClock("2027-01-31T23:59:50Z");
  const late = await search({ least: 900, most: 900 });
  expect(await search({ least: 101, most: 101 })).toEqual(usedUp);
  await setClock("2027-02-01T00:00:10Z");
  expect(await search({ least: 900, most: 900 })).toMatchObject({ tokens: 900 });
  if ("settle" in late) await late.settle(10);
  expect(await search({ least: 101, most: 101 })).toEqual(usedUp);
  await setClock("2027-01-31T23:59:59Z");
  expect(await search({ least: 990, most: 990 })).toMatchObject({ tokens: 990 });
});

it("keeps counted what could not be settled, and loses no answer by that", async () => {
  const said = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const reserved = await search({ least: 900, most: 900 });
  await closeDatabase();
  setDatabaseUrl("postgres://nobody@127.0.0.1:9/none");
  if ("settle" in reserved) await reserved.settle(10);
  expect(said.mock.calls.join("")).toContain("tokens not settled");
  said.mockRestore();
  await closeDatabase();
  setDatabaseUrl(testDatabase.url);
  expect(await counted()).toEqual({ search: 900 });
});

/** Puts a clock of ours before the server's, in a database that does not live in UTC. */
async function setUpClock(): Promise<void> {
  const name = new URL(testDatabase.url).pathname.slice(1);
  const statements = [
    "create schema clock",
    "create table clock.shift as select interval '0' as by",
    "create function clock.now() returns timestamptz language sql as 'select pg_catalog.now() + by from clock.shift'",
    `alter database ${name} set search_path to clock, public, pg_catalog`,
    `alter database ${name} set timezone to 'Asia/Kolkata'`,
  ];
  for (const statement of statements) await db().execute(sql.raw(statement));
  await closeDatabase();
}

const setClock = (to: string) =>
  db().execute(sql`update clock.shift set by = ${to}::timestamptz - pg_catalog.now()`);
