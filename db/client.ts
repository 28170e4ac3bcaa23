import { drizzle, type PostgresJsDatabase } from "drizzle-orm/postgres-js";
import pg from "pg";
import { config } from "@/lib/config";
import { AppError } from "@/lib/errors";
import { openPostgres, type PostgresClient } from "@/lib/postgres";
import * as schema from "./schema";

export type Database = PostgresJsDatabase<typeof schema>;
export type Transaction = Parameters<Parameters<Database["transaction"]>[0]>[0];

interface Connections {
  url: string | null;
  sql: PostgresClient | null;
  drizzle: Database | null;
  pool: pg.Pool | null;
}

/** On globalThis: the server's bundler gives each route its own copy of this module, and they must share. */
const shared = globalThis as typeof globalThis & { featureMartDatabase?: Connections };

function connections(): Connections {
  shared.featureMartDatabase ??= { url: null, sql: null, drizzle: null, pool: null };
  return shared.featureMartDatabase;
}

/** Says which PostgreSQL this process uses, once `ensureDatabase` knows. */
export function setDatabaseUrl(url: string): void {
  connections().url = url;
}

/** Where this process's database is. @throws AppError DATABASE_UNAVAILABLE before `ensureDatabase` */
export function databaseUrl(): string {
  const url = connections().url ?? config().databaseUrl;
  if (!url) {
    throw new AppError(
      "DATABASE_UNAVAILABLE",
      "The app's database has not been started: `npm start` does it.",
    );
  }
  return url;
}

/** The app database through Drizzle: for everything but LangGraph's own tables. */
export function database(): Database {
  const held = connections();
  held.drizzle ??= drizzle(sqlClient(), { schema });
  return held.drizzle;
}

/** The same database through `pg`, which LangGraph's checkpoint saver asks for. */
export function pgPool(): pg.Pool {
  const held = connections();
  if (!held.pool) {
    held.pool = new pg.Pool({ connectionString: databaseUrl(), max: 5 });
    // Without a listener an idle connection that breaks would end the process; the next query connects anew.
    held.pool.on("error", () => {});
  }
  return held.pool;
}

/**
 * Calls `onPayload` for every NOTIFY on a channel, and `onListening` whenever listening begins, again after a broken
 * connection too: what was sent in between was missed.
 * @returns stops listening
 */
export async function listen(
  channel: string,
  onPayload: (payload: string) => void,
  onListening: () => void,
): Promise<() => Promise<void>> {
  const { unlisten } = await sqlClient().listen(channel, onPayload, onListening);
  return unlisten;
}

/** Closes every connection of this process. The next use opens new ones. */
export async function closeDatabase(): Promise<void> {
  const { sql, pool, url } = connections();
  shared.featureMartDatabase = { url, sql: null, drizzle: null, pool: null };
  await Promise.all([sql?.end({ timeout: 5 }), pool?.end()]);
}

/** One connection of its own, closed after the work. A session's advisory locks live and die with it. */
export async function withConnection<T>(url: string, work: (db: Database) => Promise<T>): Promise<T> {
  const client = openPostgres(url, { max: 1, connect_timeout: 5 });
  try {
    return await work(drizzle(client, { schema }));
  } finally {
    await client.end({ timeout: 1 });
  }
}

/**
 * Takes a lock that one process of all on this database can hold, on a connection of its own: it is free again when this
 * process dies. `onLost` is called once when the lock was held and the connection broke, or has not answered for some seconds.
 * @returns gives it back; null while another process has it
 */
export async function tryLock(key: number, onLost: () => void): Promise<(() => Promise<void>) | null> {
  let isHeld = false;
  const lose = () => {
    if (!isHeld) return;
    isHeld = false;
    clearInterval(pinging);
    onLost();
    client.end({ timeout: 0 }).catch(() => {});
  };
  const client = openPostgres(databaseUrl(), {
    max: 1,
    connect_timeout: 5,
    max_lifetime: null,
    onclose: lose,
  });
  const pinging = setInterval(async () => {
    if (!isHeld) return;
    const answer = client`select 1`.then(
      () => true,
      () => false,
    );
    const late = new Promise<boolean>((resolve) => setTimeout(resolve, lockPatience, false).unref());
    if (!(await Promise.race([answer, late]))) lose();
  }, lockPatience / 2);
  pinging.unref();
  const release = async () => {
    isHeld = false;
    clearInterval(pinging);
    await client.end({ timeout: 1 });
  };
  try {
    // The server must notice as soon as we do that we cannot reach each other.
    await client`set tcp_keepalives_idle = 4`;
    await client`set tcp_keepalives_interval = 2`;
    await client`set tcp_keepalives_count = 2`;
    const [row] = await client<{ held: boolean }[]>`select pg_try_advisory_lock(${key}) as held`;
    isHeld = row?.held === true;
  } catch (thrown) {
    await release();
    throw thrown;
  }
  if (!isHeld) await release();
  return isHeld ? release : null;
}

const lockPatience = 6_000;

function sqlClient(): PostgresClient {
  const held = connections();
  // Connections stay: they tell `stopEmbedded` of another process that this one still needs the server.
  held.sql ??= openPostgres(databaseUrl(), { max: 10, connect_timeout: 10, max_lifetime: null });
  return held.sql;
}
