/** A moment after which nobody waits any more. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Milliseconds. */
  left(): number;
  /** Does what is no part of what it was set for: meanwhile the time stands still. */
  hold<T>(work: () => Promise<T>): Promise<T>;
  /** What it was set for has happened. */
  clear(): void;
}

export function deadlineIn(milliseconds: number): Deadline {
  const controller = new AbortController();
  let timer: NodeJS.Timeout;
  let at: number;
  const run = (left: number) => {
    at = performance.now() + left;
    timer = setTimeout(() => controller.abort(), left);
  };
  const left = () => at - performance.now();
  run(milliseconds);
  return {
    ...{ signal: controller.signal, left },
    async hold(work) {
      const kept = left();
      clearTimeout(timer);
      try {
        return await work();
      } finally {
        if (Number.isFinite(at)) run(kept);
      }
    },
    clear() {
      clearTimeout(timer);
      at = Number.POSITIVE_INFINITY;
    },
  };
}
