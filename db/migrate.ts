import path from "node:path";
import { sql } from "drizzle-orm";
import { migrate as applyMigrations } from "drizzle-orm/postgres-js/migrator";
import { checkpointSaver } from "./checkpoints";
import { databaseUrl, withConnection } from "./client";

/** Any number, as long as every process of ours locks the same. */
const migrationLock = 5_203_117;

/** Brings the app's tables and LangGraph's up to date. Processes that start at once wait for each other. */
export async function migrate(): Promise<void> {
  await withConnection(databaseUrl(), async (db) => {
    await db.execute(sql`select pg_advisory_lock(${migrationLock})`);
    await applyMigrations(db, { migrationsFolder: path.join(process.cwd(), "db", "migrations") });
    await checkpointSaver().setup();
  });
}
