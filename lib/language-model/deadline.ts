/** A moment after which nobody waits any more. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Milliseconds. */
  left(): number;
  /** What it was set for has happened. */
  clear(): void;
}

export function deadlineIn(milliseconds: number): Deadline {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), milliseconds);
  let at = performance.now() + milliseconds;
  return {
    signal: controller.signal,
    left: () => at - performance.now(),
    clear() {
      clearTimeout(timer);
      at = Number.POSITIVE_INFINITY;
    },
  };
}
