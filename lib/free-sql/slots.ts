import { AppError } from "@/lib/errors";
import { processWide } from "@/lib/process-wide";

/** Each statement may take its memory and a processor, so that no more than these run at a time. */
const most = 4;

const slots = processWide("free-sql-slots", () => ({ taken: 0, waiting: [] as (() => void)[] }));

/**
 * Does the work once there is room for it; who waits is served in turn.
 * @throws AppError QUERY_CANCELLED when the signal is given before that
 */
export async function inSlot<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  await enter(signal);
  try {
    return await work();
  } finally {
    slots.taken--;
    slots.waiting.shift()?.();
  }
}

function enter(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = () => {
      slots.waiting = slots.waiting.filter((one) => one !== go);
      reject(new AppError("QUERY_CANCELLED"));
    };
    const go = () => {
      signal?.removeEventListener("abort", leave);
      slots.taken++;
      resolve();
    };
    if (signal?.aborted) return reject(new AppError("QUERY_CANCELLED"));
    if (slots.taken < most) return go();
    signal?.addEventListener("abort", leave, { once: true });
    slots.waiting.push(go);
  });
}
