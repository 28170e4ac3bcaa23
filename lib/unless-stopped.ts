import { AppError } from "@/lib/errors";

/**
 * What the promise gives, unless the signal comes first; what the promise does goes on.
 * @throws AppError QUERY_CANCELLED
 */
export async function unlessStopped<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (!signal) return promise;
  promise.catch(() => {});
  let stop = () => {};
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(new AppError("QUERY_CANCELLED"));
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
  });
  return Promise.race([promise, stopped]).finally(() => signal.removeEventListener("abort", stop));
}
