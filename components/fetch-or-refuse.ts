/** A refusal of the server, in its own words. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, details: Record<string, unknown> = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** @throws RefusedError when the server says no; TypeError when it cannot be reached */
export async function fetchOrRefuse(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const response = await fetch(input, init);
  if (response.ok) return response;
  const body: unknown = await response.json().catch(() => null);
  throw refusalOf(body) ?? new RefusedError("INTERNAL", `The server answered ${response.status}. Try again.`);
}

/** What a person reads of anything that was thrown on the way to the server. */
export function sayWhy(thrown: unknown): string {
  return thrown instanceof RefusedError ? thrown.message : "The server could not be reached. Try again.";
}

function refusalOf(body: unknown): RefusedError | null {
  if (typeof body !== "object" || body === null || !("error" in body)) return null;
  const { code, message, details } = body.error as {
    code?: string;
    message?: string;
    details?: Record<string, unknown>;
  };
  return code && message ? new RefusedError(code, message, details) : null;
}
