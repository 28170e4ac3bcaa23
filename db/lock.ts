import { sql } from "drizzle-orm";
import { database, openConnection } from "./client";

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
  const client = openConnection({ onclose: lose });
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

/** Does any process hold that lock just now? Asked without taking it. */
export async function isLocked(key: number): Promise<boolean> {
  const rows = await database().execute(sql`
    select from pg_locks
    where locktype = 'advisory' and granted and objsubid = 1
      and (classid::bigint << 32 | objid::bigint) = ${key}
      and database = (select oid from pg_database where datname = current_database())`);
  return rows.length > 0;
}

const lockPatience = 6_000;
