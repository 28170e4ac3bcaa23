import { setTimeout as delay } from "node:timers/promises";
import { AppError } from "@/lib/errors";

const maxRetries = 3;
const firstPause = 500;

/**
 * Tries again what failed for a reason that may pass, after a pause that doubles and is drawn at random, so that many
 * callers do not come back at once; or after as long as the server asked for. It does not begin to wait for what would be
 * over too late.
 * @throws AppError the last failure
 */
export async function withRetries<T>(
  attempt: () => Promise<T>,
  { left, signal }: { left: () => number; signal: AbortSignal },
): Promise<T> {
  for (let retries = 0; ; retries++) {
    try {
      return await attempt();
    } catch (error) {
      const { retryable, retryAfter } = failureIn(error);
      if (!retryable || retries >= maxRetries || signal.aborted) throw error;
      const pause = pauseBefore(retries, retryAfter);
      if (pause >= left()) throw error;
      await delay(pause, undefined, { signal }).catch(() => {});
      if (signal.aborted) throw error;
    }
  }
}

/** Milliseconds: what the server asked for, and a random share of a pause that doubles. */
export function pauseBefore(retries: number, retryAfter: number | null, random = Math.random()): number {
  return (retryAfter ?? 0) + random * firstPause * 2 ** retries;
}

function failureIn(error: unknown): { retryable: boolean; retryAfter: number | null } {
  const { retryable = false, retryAfter = null } = error instanceof AppError ? error.details : {};
  return { retryable: retryable === true, retryAfter: typeof retryAfter === "number" ? retryAfter : null };
}

/** Milliseconds of a `Retry-After`, which is in seconds or a date; null where there is none. */
export function readRetryAfter(header: string | null | undefined, now = Date.now()): number | null {
  const text = header?.trim();
  if (!text) return null;
  const milliseconds = /^\d/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return /^[\da-z]/i.test(text) && Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : null;
}
