import { readFile } from "node:fs/promises";
import path from "node:path";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "@/tests/support/database";
import { database } from "./client";
import { migrate } from "./migrate";

let testDatabase: TestDatabase;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
});
afterAll(() => testDatabase.drop());

it("brings an empty database up to date once, when several start at once", async () => {
  await database().execute(sql`drop schema public cascade`);
  await database().execute(sql`drop schema langgraph cascade`);
  await database().execute(sql`drop schema drizzle cascade`);
  await database().execute(sql`create schema public`);

  await Promise.all([migrate(), migrate(), migrate()]);

  const journal = await readFile(
    path.join(process.cwd(), "db", "migrations", "meta", "_journal.json"),
    "utf8",
  );
  const applied = await database().execute(sql`select hash from drizzle.__drizzle_migrations`);
  expect(applied).toHaveLength(JSON.parse(journal).entries.length);
  const tables = await database().execute<{ name: string }>(
    sql`select table_schema || '.' || table_name as name from information_schema.tables
        where table_schema in ('public', 'langgraph')`,
  );
  const names = tables.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(["public.runs", "public.exports", "langgraph.checkpoints"]));
});
