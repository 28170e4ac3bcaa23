import { setTimeout as delay } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { config } from "@/lib/config";
import { ensureDataDirectory } from "@/lib/data-directory";
import { AppError } from "@/lib/errors";
import { closeDatabase, database, setDatabaseUrl, tryConnect } from "./client";
import { connectionProblem } from "./connection-problem";
import { startEmbedded, stopEmbedded } from "./embedded";

/**
 * Makes sure that the app database answers, and that this process uses it: the PostgreSQL of DATABASE_URL, or else the
 * embedded one, started or attached to.
 * @param options.patience milliseconds that a PostgreSQL which does not answer gets; what time does not mend is told at once
 * @returns its connection URL
 * @throws AppError DATABASE_UNAVAILABLE
 */
export async function ensureDatabase({
  onProgress = () => {},
  patience = 3_000,
  signal,
}: {
  onProgress?: (label: string) => void;
  patience?: number;
  signal?: AbortSignal;
} = {}): Promise<string> {
  const { databaseUrl, dataDir } = config();
  await ensureDataDirectory(dataDir);
  const url = databaseUrl ?? (await startEmbedded(dataDir, onProgress));
  if (databaseUrl) await waitFor(databaseUrl, { onProgress, patience, signal });
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

async function waitFor(
  url: string,
  {
    onProgress,
    patience,
    signal,
  }: { onProgress: (label: string) => void; patience: number; signal?: AbortSignal | undefined },
): Promise<void> {
  const until = Date.now() + patience;
  let said = "";
  for (let pause = 250; ; pause = Math.min(pause * 2, 5_000)) {
    try {
      return await tryConnect(url);
    } catch (cause) {
      signal?.throwIfAborted();
      if (cause instanceof AppError) throw cause;
      const { isTemporary, sentence } = connectionProblem(url, cause);
      const problem = `The PostgreSQL of DATABASE_URL (${new URL(url).host}) ${sentence}`;
      if (!isTemporary || Date.now() + pause > until) {
        const other = "Without DATABASE_URL the app runs one of its own.";
        throw new AppError("DATABASE_UNAVAILABLE", `${problem} ${other}`, { cause });
      }
      if (problem !== said) onProgress(`${problem} It is tried again every few seconds.`);
      said = problem;
    }
    await delay(pause, undefined, { signal });
  }
}
