import { isDatabaseLost } from "@/lib/database-lost";
import type { PostgresClient, PostgresTransaction } from "@/lib/postgres";

/**
 * The same client, whose transactions outlive a broken connection. The driver (3.4) would still send their `rollback`, or
 * their next query, over it; there that throws where nobody can catch it, ends the process, and spoils the connection.
 */
export function guardTransactions(client: PostgresClient): PostgresClient {
  const begin = (work: (tx: PostgresTransaction) => unknown) => {
    const connection = { isLost: false };
    const over = client.begin((tx) => unlessLost(work(guard(tx, connection))));
    // The driver rejects as soon as the connection is closed, whatever the work is at.
    over.catch(() => {
      connection.isLost = true;
    });
    return over;
  };
  return new Proxy(client, {
    get: (target, key) => (key === "begin" ? begin : Reflect.get(target, key)),
  });
}

function guard(tx: PostgresTransaction, connection: { isLost: boolean }): PostgresTransaction {
  const savepoint = (work: (inner: PostgresTransaction) => unknown) =>
    tx.savepoint((inner) => unlessLost(work(guard(inner, connection))));
  const unsafe: PostgresTransaction["unsafe"] = (...query) => {
    if (!connection.isLost) return tx.unsafe(...query);
    const lost = Object.assign(new Error("The connection is closed."), { code: "CONNECTION_CLOSED" });
    throw lost;
  };
  return new Proxy(tx, {
    get: (target, key) =>
      key === "savepoint" ? savepoint : key === "unsafe" ? unsafe : Reflect.get(target, key),
  });
}

/** A failure of the connection is told by `begin` itself; told by the work, it would be answered with a rollback. */
async function unlessLost(work: unknown): Promise<unknown> {
  try {
    return await work;
  } catch (error) {
    if (isDatabaseLost(error)) return new Promise(() => {});
    throw error;
  }
}
