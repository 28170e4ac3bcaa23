import { setTimeout as delay } from "node:timers/promises";
import { isDatabaseLost } from "@/lib/database-lost";

/**
 * Does the work again while the database is away, for so many seconds at most. A connection that breaks may break after
 * the work was done, so it is only for work that may be done twice: reads, and writes that change nothing the second time.
 */
export async function patiently<T>(
  work: () => Promise<T>,
  { seconds, signal }: { seconds: number; signal?: AbortSignal },
): Promise<T> {
  const until = Date.now() + seconds * 1000;
  for (let pause = 100; ; pause = Math.min(pause * 2, 2_000)) {
    try {
      return await work();
    } catch (thrown) {
      if (!isDatabaseLost(thrown) || signal?.aborted || Date.now() + pause > until) throw thrown;
    }
    await delay(pause, undefined, { signal }).catch(() => {});
  }
}
