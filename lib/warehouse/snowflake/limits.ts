/** How long each step may go without an answer before the service counts as away, in milliseconds. */
export interface Patience {
  /** For a connection to be opened and set up. */
  signIn: number;
  /** For one short request: handing over a statement, asking how it goes. The SDK's own retries lie within it. */
  request: number;
  /** Between two rows of a result. */
  row: number;
  /** For the service to end a query that was stopped; then the caller is let go all the same. */
  stop: number;
}

export const defaultPatience: Patience = { signIn: 30_000, request: 30_000, row: 30_000, stop: 2500 };

/** What the promise gives, or what `late` makes once the time is up. A late failure of the promise disturbs nobody. */
export async function within<T>(milliseconds: number, promise: Promise<T>, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), milliseconds);
  });
  promise.catch(() => {});
  return Promise.race([promise, expired]).finally(() => clearTimeout(timer));
}
