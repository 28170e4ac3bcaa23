import { openConnection } from "./client";

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

const lockPatience = 6_000;
