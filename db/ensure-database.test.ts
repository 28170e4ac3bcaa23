import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { createTestDatabase, type TestDatabase } from "@/tests/support/database";
import { database, withConnection } from "./client";
import { ensureDatabase, leaveDatabase } from "./ensure-database";

let testDatabase: TestDatabase;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
});
afterAll(() => testDatabase.drop());

it("uses the PostgreSQL of DATABASE_URL, and leaves it running", async () => {
  vi.stubEnv("DATABASE_URL", testDatabase.url);
  expect(await ensureDatabase()).toBe(testDatabase.url);
  const [row] = await database().execute<{ name: string }>(sql`select current_database() as name`);
  expect(new URL(testDatabase.url).pathname).toBe(`/${row?.name}`);
  await leaveDatabase();
  expect(await withConnection(testDatabase.url, (db) => db.execute(sql`select 1 as n`))).toEqual([{ n: 1 }]);
});
