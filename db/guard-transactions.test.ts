import { setTimeout as delay } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "@/tests/support/database";
import { database, withConnection } from "./client";
import { patiently } from "./patiently";

let testDatabase: TestDatabase;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
});
afterAll(() => testDatabase.drop());

const pid = sql`select pg_backend_pid() as pid`;
const cut = (backend: unknown) =>
  withConnection(testDatabase.url, (db) => db.execute(sql`select pg_terminate_backend(${backend})`));

/** More than the pool holds: each must leave a connection that can be used. */
const rounds = Array.from({ length: 12 }, (_, at) => at);

it.each(["a query", "a query in a savepoint", "nothing"])(
  "a transaction whose connection breaks while it does %s fails alone, and ends no process",
  async (doing) => {
    for (const _ of rounds) {
      const broken = database().transaction(async (tx) => {
        const [row] = await tx.execute(pid);
        const busy = sql`select pg_sleep(30)`;
        if (doing === "nothing") {
          await cut(row?.pid);
          await delay(20);
          await tx.execute(sql`select 1`);
        }
        const work =
          doing === "a query"
            ? tx.execute(busy)
            : tx.transaction((inner) => inner.execute(busy).then(() => {}));
        await Promise.all([work, delay(20).then(() => cut(row?.pid))]);
      });
      await expect(broken).rejects.toThrow();
    }
    const after = () => database().transaction((tx) => tx.execute(sql`select 1 as n`));
    const all = await Promise.all(rounds.map(() => patiently(after, { seconds: 20 })));
    expect(all.flat()).toEqual(rounds.map(() => ({ n: 1 })));
  },
);
