import { setTimeout as delay } from "node:timers/promises";
import { sendAlert } from "@/lib/alert";
import { toAppError } from "@/lib/errors";
import { log } from "@/lib/log";

/** With 3 s before the second try they take two minutes: less is not worth a person's attention. */
const failuresToTell = 5;

const longestPause = 60 * 60;

/**
 * Does `what` until it is done: after a failure again in so many seconds, then in three times as many each time, in an hour
 * at most. Where it is not done soon an alert says so, once. Gives up only when the signal comes, and then throws.
 */
export async function untilDone<T>(
  what: string,
  work: () => Promise<T>,
  { signal, seconds }: { signal: AbortSignal; seconds: number },
): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await work();
    } catch (thrown) {
      signal.throwIfAborted();
      const error = toAppError(thrown);
      log.warn("pipeline work failed", { what, failures, error });
      if (failures === failuresToTell) {
        await sendAlert(
          `${what} failed ${failures} times. It is tried again, every hour at least. ${error.message}`,
        );
      }
    }
    const pause = Math.min(seconds * 3 ** (failures - 1), longestPause);
    await delay(pause * 1000, undefined, { signal });
  }
}
