import { setTimeout as delay } from "node:timers/promises";
import { drizzle, type PostgresJsDatabase } from "drizzle-orm/postgres-js";
import pg from "pg";
import { config } from "@/lib/config";
import { AppError } from "@/lib/errors";
import { openPostgres, type PostgresClient, postgresAddress } from "@/lib/postgres";
import { processWide } from "@/lib/process-wide";
import { guardTransactions } from "./guard-transactions";
import * as schema from "./schema";

export type Database = PostgresJsDatabase<typeof schema>;
export type Transaction = Parameters<Parameters<Database["transaction"]>[0]>[0];

/** Of this process: the server's bundler gives each route its own copy of this module, and they must share. */
const held = processWide("database", () => ({
  url: null as string | null,
  sql: null as PostgresClient | null,
  drizzle: null as Database | null,
  pool: null as pg.Pool | null,
  /** What else is to be closed with the connections. */
  closers: new Set<() => Promise<void>>(),
}));

/** Says which PostgreSQL this process uses, once `ensureDatabase` knows. */
export function setDatabaseUrl(url: string): void {
  held.url = url;
}

/** Where this process's database is. @throws AppError DATABASE_UNAVAILABLE before `ensureDatabase` */
export function databaseUrl(): string {
  const url = held.url ?? config().databaseUrl;
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
  held.drizzle ??= drizzle(guardTransactions(sqlClient()), { schema });
  return held.drizzle;
}

/** The same database through `pg`, which LangGraph's checkpoint saver asks for. */
export function pgPool(): pg.Pool {
  held.pool ??= openPool({ max: 5 });
  return held.pool;
}

/** Connections of their own through `pg`, for a library that asks for it; whoever opens them ends them. */
export function openPool({ max }: { max: number }): pg.Pool {
  const { url, ssl } = address();
  const pool = new pg.Pool({ connectionString: url, ssl, max, connectionTimeoutMillis: 10_000 });
  // Without listeners a connection that breaks would end the process, idle or lent out; the next query connects anew.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  return pool;
}

/**
 * Connects once and says `select 1`. Through `pg`, since its errors tell why a server will not have us.
 * @throws the driver's own error
 */
export async function tryConnect(url: string): Promise<void> {
  const { url: connectionString, ssl } = address(url);
  const client = new pg.Client({ connectionString, ssl, connectionTimeoutMillis: 5_000 });
  client.on("error", () => {});
  try {
    await client.connect();
    await client.query("select 1");
  } finally {
    await client.end().catch(() => {});
  }
}

/** Closes every connection of this process. The next use opens new ones. */
export async function closeDatabase(): Promise<void> {
  const { sql, pool, closers } = held;
  const closing = [...closers];
  closers.clear();
  Object.assign(held, { sql: null, drizzle: null, pool: null });
  await Promise.all([...closing.map((close) => close()), sql?.end({ timeout: 5 }), pool && endPool(pool)]);
}

/** What was lent to work that will not come back would keep a pool from ending. */
export async function endPool(pool: pg.Pool): Promise<void> {
  await Promise.race([pool.end(), delay(5_000, undefined, { ref: false })]);
}

/** Has something else closed with this process's connections, once. */
export function closeWithDatabase(close: () => Promise<void>): void {
  held.closers.add(close);
}

/** One connection of its own, closed after the work. A session's advisory locks live and die with it. */
export async function withConnection<T>(url: string, work: (db: Database) => Promise<T>): Promise<T> {
  const client = openConnection({ url });
  try {
    return await work(drizzle(client, { schema }));
  } finally {
    await client.end({ timeout: 1 });
  }
}

/** A single connection of this process's database, for what belongs to a session. Whoever opens it ends it. */
export function openConnection(
  options: { url?: string; onclose?: () => void; onnotify?: (channel: string, payload: string) => void } = {},
): PostgresClient {
  const { url = databaseUrl(), ...listeners } = options;
  return openPostgres(url, { caFile, max: 1, connect_timeout: 5, max_lifetime: null, ...listeners });
}

function sqlClient(): PostgresClient {
  // Connections stay: they tell `stopEmbedded` of another process that this one still needs the server.
  held.sql ??= openPostgres(databaseUrl(), { caFile, max: 10, connect_timeout: 10, max_lifetime: null });
  return held.sql;
}

function address(url = databaseUrl()) {
  return postgresAddress(url, caFile);
}

function caFile(): string | null {
  return config().databaseCaFile;
}
