import { createHash, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "@/lib/errors";
import type { Cell, QueryOptions, QueryProgress, RunContext } from "../port";
import type { SnowflakeConnection, StatementResult } from "./connection";
import { ResultGone, SessionLost, silent } from "./driver-error";
import { type Patience, within } from "./limits";
import type { Pool } from "./pool";

export interface StatementOptions extends QueryOptions {
  context?: RunContext;
  /** Asks again, whatever the journal has. */
  anew?: boolean;
}

/**
 * Runs one statement to its end over a connection of the pool. With a journal, a query that an earlier process began for
 * the same statement is waited for instead of asked again.
 * @throws AppError QUERY_FAILED, QUERY_CANCELLED, WAREHOUSE_UNAVAILABLE, WAREHOUSE_DENIED, RESULT_INCOMPLETE
 */
export async function runStatement(
  pool: Pool<SnowflakeConnection>,
  sql: string,
  { parameters = [], signal, maximumBytes, context, anew = false }: StatementOptions,
  patience: Patience,
): Promise<StatementResult> {
  const journal = context?.journal;
  const hash = statementHash(sql, parameters);
  const statement = { sql, parameters, tag: queryTag(context), requestId: randomUUID() };
  const found = journal && !anew ? await journal.find(hash) : null;
  const query: Query = { id: found, fromJournal: found !== null };
  const begin = async (connection: SnowflakeConnection) => {
    query.fromJournal = false;
    query.id = await connection.submit(statement);
    await journal?.record(hash, query.id);
  };
  const attempt = (fresh: boolean) =>
    pool.use(
      (connection) =>
        stoppable(connection, query, signal, patience, async () => {
          if (query.id === null) await begin(connection);
          try {
            return await finish(connection, query, { signal, maximumBytes, context }, patience);
          } catch (thrown) {
            if (!query.fromJournal || !(thrown instanceof ResultGone)) throw thrown;
            await begin(connection);
            return finish(connection, query, { signal, maximumBytes, context }, patience);
          }
        }),
      { signal, fresh },
    );
  try {
    try {
      return await attempt(false);
    } catch (thrown) {
      // The query goes on without its session, so over another connection it is waited for, not begun again.
      if (!(thrown instanceof SessionLost)) throw thrown;
      return await attempt(true);
    }
  } catch (thrown) {
    if (thrown instanceof SessionLost || thrown instanceof ResultGone) {
      throw new AppError("WAREHOUSE_UNAVAILABLE", undefined, { cause: thrown });
    }
    throw thrown;
  }
}

/** The same for the same statement with the same values, and for no other. */
export function statementHash(sql: string, parameters: Cell[]): string {
  return createHash("sha256")
    .update(JSON.stringify([sql, parameters]))
    .digest("hex");
}

/** Shown with each statement in the service's query history, which takes 2,000 characters. */
export function queryTag(context?: RunContext): string {
  if (!context) return JSON.stringify({ app: "agentic-feature-mart" });
  const { user, conversation, run, approval } = context;
  return JSON.stringify({ user, conversation, run, approval }, (_, value) =>
    typeof value === "string" ? value.slice(0, 400) : value,
  );
}

interface Query {
  id: string | null;
  /** Begun by an earlier process, so that its end may be older than this statement. */
  fromJournal: boolean;
}

/** Waits until the query is over, telling now and then how it goes, and reads its result. */
async function finish(
  connection: SnowflakeConnection,
  query: Query,
  { signal, maximumBytes, context }: StatementOptions,
  patience: Patience,
): Promise<StatementResult> {
  const queryId = query.id ?? "";
  const began = Date.now();
  let [answered, told, pause] = [began, began, 25];
  while (true) {
    signal?.throwIfAborted();
    const state = await connection.stateOf(queryId).catch((thrown) => {
      // One lost answer says nothing of the query.
      if (Date.now() - answered > patience.request || !isUnavailable(thrown)) throw thrown;
      return null;
    });
    // What an earlier process began may have failed or expired since: asked anew, it tells why or succeeds.
    if (query.fromJournal && (state === "failed" || state === "unknown")) {
      throw new ResultGone("The remembered query has no result.");
    }
    if (state === "succeeded" || state === "failed") {
      return connection.resultOf(queryId, maximumBytes);
    }
    if (state !== null && state !== "unknown") answered = Date.now();
    if (Date.now() - answered > patience.request) throw silent();
    if (state !== null && state !== "unknown" && Date.now() - told >= 1000) {
      told = Date.now();
      report(context, { queryId, state, seconds: Math.round((told - began) / 1000) });
    }
    await sleep(pause, undefined, { signal });
    pause = Math.min(pause * 2, 1000);
  }
}

function report(context: RunContext | undefined, progress: QueryProgress): void {
  try {
    context?.onProgress?.(progress);
  } catch {
    // Who watches a query cannot break it.
  }
}

function isUnavailable(thrown: unknown): boolean {
  return thrown instanceof AppError && thrown.code === "WAREHOUSE_UNAVAILABLE";
}

/** Lets the caller go soon after the signal, whatever the service does; the query is ended by its id. */
async function stoppable<T>(
  connection: SnowflakeConnection,
  query: Query,
  signal: AbortSignal | undefined,
  patience: Patience,
  work: () => Promise<T>,
): Promise<T> {
  if (!signal) return work();
  let stop = () => {};
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(new AppError("QUERY_CANCELLED"));
    signal.addEventListener("abort", stop, { once: true });
  });
  const running = signal.aborted ? Promise.reject(new AppError("QUERY_CANCELLED")) : work();
  try {
    return await Promise.race([running, stopped]);
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
    // Without an id yet, the answer to the handing over is waited for: it has the id.
    const known = query.id === null ? running.catch(() => {}) : Promise.resolve();
    const ending = known.then(() => (query.id === null ? undefined : connection.cancel(query.id)));
    await within(patience.stop, ending, silent).catch(() => connection.retire(ending));
    throw new AppError("QUERY_CANCELLED", undefined, { cause: thrown });
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
