import { randomUUID } from "node:crypto";
import { sql } from "drizzle-orm";
import { inject } from "vitest";
import { closeDatabase, setDatabaseUrl, withConnection } from "@/db/client";
import { startEmbedded } from "@/db/embedded";
import { migrate } from "@/db/migrate";

export interface TestDatabase {
  url: string;
  /** Closes this process's connections and drops the database. Call it in `afterAll`. */
  drop(): Promise<void>;
}

/** A migrated database of this test file's own, which `database()` and `pgPool()` use from now on. */
export async function createTestDatabase(): Promise<TestDatabase> {
  // Nothing here has to survive a power cut.
  const settings = { fsync: "off", synchronous_commit: "off", full_page_writes: "off" };
  const serverUrl = await startEmbedded(inject("postgresFolder"), () => {}, settings);
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  await withConnection(serverUrl, (db) => db.execute(sql.raw(`create database ${name}`)));

  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  setDatabaseUrl(url.href);
  await migrate();
  return {
    url: url.href,
    drop: async () => {
      await closeDatabase();
      await withConnection(serverUrl, (db) => db.execute(sql.raw(`drop database ${name} with (force)`)));
    },
  };
}
