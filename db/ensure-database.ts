import { setTimeout as delay } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { config } from "@/lib/config";
import { ensureDataDirectory } from "@/lib/data-directory";
import { AppError } from "@/lib/errors";
import { closeDatabase, database, setDatabaseUrl, withConnection } from "./client";
import { startEmbedded, stopEmbedded } from "./embedded";

/**
 * Makes sure that the app database answers, and that this process uses it: the PostgreSQL of DATABASE_URL, or else the
 * embedded one, started or attached to.
 * @returns its connection URL
 * @throws AppError DATABASE_UNAVAILABLE
 */
export async function ensureDatabase({
  onProgress = () => {},
}: {
  onProgress?: (label: string) => void;
} = {}): Promise<string> {
  const { databaseUrl, dataDir } = config();
  await ensureDataDirectory(dataDir);
  const url = databaseUrl ? await waitFor(databaseUrl) : await startEmbedded(dataDir, onProgress);
  setDatabaseUrl(url);
  embeddedIn = databaseUrl ? null : dataDir;
  // Opens a connection, which keeps the embedded server from being stopped by another process that leaves.
  await database().execute(sql`select 1`);
  return url;
}

/** For the end of a process: closes its connections, and stops the embedded server when nobody else uses it. */
export async function leaveDatabase(): Promise<void> {
  await closeDatabase();
  if (embeddedIn) await stopEmbedded(embeddedIn);
  embeddedIn = null;
}

/** The data folder whose embedded server this process uses. */
let embeddedIn: string | null = null;

/** A database that is just starting gets a few seconds. */
async function waitFor(url: string): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    try {
      await withConnection(url, (db) => db.execute(sql`select 1`));
      return url;
    } catch (cause) {
      if (attempt < 4) {
        await delay(attempt * 500);
        continue;
      }
      const { host } = new URL(url);
      throw new AppError(
        "DATABASE_UNAVAILABLE",
        `The PostgreSQL of DATABASE_URL (${host}) does not answer or refuses the user. Start it or correct the setting; without DATABASE_URL the app runs one of its own.`,
        { cause },
      );
    }
  }
}
