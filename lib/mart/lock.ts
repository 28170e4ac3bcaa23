import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const heartbeatMs = 2_000;
const staleMs = 20_000;

/**
 * Runs `work` while holding the lock file, waiting for whoever holds it. The lock saves work that two processes would do
 * twice; nothing that is published depends on it, since publishing is one rename. A lock whose process has died, or has
 * given no sign for 20 s, is taken over. `onWait` is called once where somebody else holds it.
 * @throws AbortError where the signal ends the waiting
 */
export async function withLock<T>(
  file: string,
  work: () => Promise<T>,
  { signal, onWait }: { signal?: AbortSignal; onWait?: () => void } = {},
): Promise<T> {
  await mkdir(path.dirname(file), { recursive: true });
  const owner = JSON.stringify({ pid: process.pid, host: os.hostname(), id: randomUUID() });
  for (let waits = false; !(await take(file, owner)); ) {
    if (await isStale(file)) {
      await discard(file);
      continue;
    }
    if (!waits) onWait?.();
    waits = true;
    await sleep(100, undefined, { signal });
  }
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(() => {});
  }, heartbeatMs);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    const held = await readFile(file, "utf8").catch(() => null);
    if (held === owner) await rm(file, { force: true });
  }
}

/** Is this process of this machine gone? */
export function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === "ESRCH";
  }
}

async function take(file: string, owner: string): Promise<boolean> {
  try {
    await writeFile(file, owner, { flag: "wx" });
    return true;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw thrown;
  }
}

async function isStale(file: string): Promise<boolean> {
  try {
    if (Date.now() - (await stat(file)).mtimeMs > staleMs) return true;
    const { pid, host } = JSON.parse(await readFile(file, "utf8")) as { pid: number; host: string };
    return host === os.hostname() && isGone(pid);
  } catch {
    // Gone, or not written yet: look again.
    return false;
  }
}

/** By rename, so that of several who find it stale one alone removes it. */
async function discard(file: string): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  await rename(file, aside).catch(() => {});
  await rm(aside, { force: true });
}
