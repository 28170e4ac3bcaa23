/** What the client is told of a failed attempt. */
interface Failure {
  errorType: "TRANSIENT" | "THROTTLING" | "SERVER_ERROR" | "CLIENT_ERROR";
  /** When the server asks to be asked again. */
  retryAfterHint?: Date;
}

interface Token {
  getRetryCount(): number;
  getRetryCost(): number;
  getRetryDelay(): number;
}

/**
 * So many attempts for each request, with growing pauses and jitter: about 3 seconds in all, 15 for a server that asks for less.
 * The client's own way shares a small quota between all requests, so that one outage takes the retries away from whatever comes after.
 */
export function retriesOf(attempts: number) {
  return {
    acquireInitialRetryToken: async () => token(0, 0),
    async refreshRetryTokenForRetry(last: Token, { errorType, retryAfterHint }: Failure): Promise<Token> {
      const count = last.getRetryCount() + 1;
      if (errorType === "CLIENT_ERROR" || count >= attempts) throw new Error("not again");
      const base = errorType === "THROTTLING" ? 500 : 100;
      const asked = retryAfterHint ? retryAfterHint.getTime() - Date.now() : 0;
      const delay = base * 2 ** (count - 1) * (0.5 + Math.random());
      return token(count, Math.min(Math.max(delay, asked), 10_000));
    },
    recordSuccess: () => {},
  };
}

function token(count: number, delay: number): Token {
  return { getRetryCount: () => count, getRetryCost: () => 0, getRetryDelay: () => delay };
}
