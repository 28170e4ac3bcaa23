import { setTimeout as delay } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { AppError, toAppError } from "@/lib/errors";
import { withConnection } from "../client";
import { findHome } from "./home";
import { createCluster, hasCluster, removeStalePidFile, serverUrl, startServer, stopServer } from "./server";

/**
 * The embedded PostgreSQL of a data folder: made if there is none, started if it does not run, attached to if it does.
 * It is a process of its own and survives ours; any number of processes may use it.
 * @param settings of the server, for instance `{ fsync: "off" }`; they hold only when this call starts it
 * @returns its connection URL
 */
export async function startEmbedded(
  dataDir: string,
  onProgress: (label: string) => void = () => {},
  settings: Record<string, string> = {},
): Promise<string> {
  const home = await findHome(dataDir);
  if (!(await hasCluster(home))) {
    onProgress("creating");
    await createCluster(home);
  }
  let failure: unknown;
  // Another process may be starting or stopping the same server just now: then the next look finds it settled.
  for (let attempt = 0; attempt < 20; attempt++) {
    const url = await serverUrl(home);
    if (url && (await answers(url))) return url;
    onProgress("starting");
    await removeStalePidFile(home);
    failure = await startServer(home, settings).then(
      () => null,
      (error: unknown) => error,
    );
    if (failure && toAppError(failure).code === "DISK_FULL") throw failure;
    if (failure) await delay(500);
  }
  throw new AppError(
    "DATABASE_UNAVAILABLE",
    "The embedded PostgreSQL did not start. The log has the reason.",
    {
      cause: failure,
    },
  );
}

/** Stops the embedded server unless a process is still connected to it. Close your own connections first. */
export async function stopEmbedded(dataDir: string): Promise<"stopped" | "in use"> {
  const home = await findHome(dataDir);
  const url = await serverUrl(home);
  if (url && (await otherSessions(url)) > 0) return "in use";
  await stopServer(home);
  return "stopped";
}

async function otherSessions(url: string): Promise<number> {
  const count = withConnection(url, async (db) => {
    const rows = await db.execute<{ sessions: number }>(
      sql`select count(*)::int as sessions from pg_stat_activity
          where backend_type = 'client backend' and pid <> pg_backend_pid()`,
    );
    return rows[0]?.sessions ?? 0;
  });
  // A server that does not answer has nobody in it.
  return count.catch(() => 0);
}

async function answers(url: string): Promise<boolean> {
  return withConnection(url, (db) => db.execute(sql`select 1`)).then(
    () => true,
    () => false,
  );
}
