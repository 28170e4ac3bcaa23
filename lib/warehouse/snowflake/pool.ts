import { AppError } from "@/lib/errors";
import { unlessStopped } from "@/lib/unless-stopped";

export interface Pooled {
  isUsable(): boolean;
  close(): Promise<void>;
}

export interface Pool<T extends Pooled> {
  /**
   * Lends something to `work`, opened anew where none is idle; who waits longest is served first. With `fresh` what is idle
   * counts as broken.
   * @throws AppError QUERY_CANCELLED when the signal comes before the work; what `open` and `work` throw
   */
  use<R>(work: (item: T) => Promise<R>, options?: { signal?: AbortSignal; fresh?: boolean }): Promise<R>;
  /** Closes what is idle now, and what is lent as it comes back. */
  close(): Promise<void>;
}

interface Waiting {
  begin: () => void;
}

/** At most `size` things at a time. One that is not usable when it comes back is closed and replaced. */
export function createPool<T extends Pooled>(size: number, open: () => Promise<T>): Pool<T> {
  const idle: T[] = [];
  const queue: Waiting[] = [];
  let lent = 0;
  let closed = false;

  const turn = (signal?: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      if (closed) return reject(new AppError("WAREHOUSE_UNAVAILABLE", "The warehouse has been closed."));
      if (signal?.aborted) return reject(new AppError("QUERY_CANCELLED"));
      if (lent < size) {
        lent++;
        return resolve();
      }
      const leave = () => {
        queue.splice(queue.indexOf(waiting), 1);
        reject(new AppError("QUERY_CANCELLED"));
      };
      const waiting: Waiting = {
        begin: () => {
          signal?.removeEventListener("abort", leave);
          resolve();
        },
      };
      queue.push(waiting);
      signal?.addEventListener("abort", leave, { once: true });
    });

  const giveBack = (item: T | undefined) => {
    if (item && !closed && item.isUsable()) idle.push(item);
    else item?.close().catch(() => {});
    const next = queue.shift();
    // The turn is handed on, so that a newcomer cannot slip in between.
    if (next) next.begin();
    else lent--;
  };

  return {
    use: async (work, { signal, fresh = false } = {}) => {
      await turn(signal);
      if (fresh) for (const stale of idle.splice(0)) stale.close().catch(() => {});
      let item: T | undefined;
      do item = idle.pop();
      while (item && !item.isUsable());
      if (!item) {
        const opening = open();
        item = await unlessStopped(opening, signal).catch((thrown) => {
          // What is opened after its user has left is for the next.
          opening.then(giveBack, () => giveBack(undefined));
          throw thrown;
        });
      }
      try {
        return await work(item);
      } finally {
        giveBack(item);
      }
    },
    close: async () => {
      closed = true;
      await Promise.all(idle.splice(0).map((item) => item.close()));
    },
  };
}
