import { AppError } from "@/lib/errors";
import { formsOf } from "@/lib/settings/secrets";
import { readRetryAfter } from "./retry";

/**
 * What a call failed of, as PLANNER_UNAVAILABLE, or PLANNER_INVALID where only this question was refused. In our words; among the
 * details are whether it may pass (`retryable`), how long the server asks to wait (`retryAfter`, in milliseconds), and whether it
 * never reached the model (`isFree`). The maker's own words are its cause, short and without the key, which servers like to repeat.
 */
export function failureOf(
  error: unknown,
  apiKey: string,
  { who = "language model", setting = "OPENAI_MODEL", isSent = true } = {},
): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof Error && error.cause instanceof AppError) return error.cause;
  const { status, code, headers } = factsOf(error);
  const retryAfter =
    readMilliseconds(headers?.get("retry-after-ms")) ?? readRetryAfter(headers?.get("retry-after"));
  const isTransient = status === null || status === 408 || status === 409 || status === 429 || status >= 500;
  const isFiltered = code === "content_filter";
  return new AppError(
    isFiltered ? "PLANNER_INVALID" : "PLANNER_UNAVAILABLE",
    sentenceFor(`The ${who}`, setting, status, code, retryAfter),
    {
      details: {
        ...{ status, retryable: isTransient && code !== "insufficient_quota", retryAfter },
        isFree: !isSent || status !== null || neverArrived(error),
      },
      cause: withoutKey(error, apiKey),
    },
  );
}

/** The text with the key taken out. A short one is a local server's `none` or `ollama`: no secret, and a word. */
export function redactKey(text: string, apiKey: string): string {
  if (apiKey.length < 8) return text;
  return formsOf(apiKey).reduce((clean, form) => clean.replaceAll(form, "[redacted]"), text);
}

function sentenceFor(
  who: string,
  setting: string,
  status: number | null,
  code: string | null,
  retryAfter: number | null,
): string {
  if (code === "content_filter") return `${who}'s content filter refused the request.`;
  if (code === "insufficient_quota") return `${who}'s account has no quota left.`;
  if (status === 401 || status === 403) return `${who} refused the API key. Correct OPENAI_API_KEY.`;
  if (status === 404) return `${who} is not known there. Correct ${setting} or OPENAI_BASE_URL.`;
  if (status === 429) {
    const wait = retryAfter ? `, and asks to wait ${Math.ceil(retryAfter / 1000)} seconds` : "";
    return `${who} is at its limit of requests${wait}.`;
  }
  if (status !== null) return `${who}'s server failed (HTTP ${status}).`;
  return `${who}'s server did not answer, or broke off.`;
}

function factsOf(error: unknown): { status: number | null; code: string | null; headers: Headers | null } {
  const { status, code, headers } = (error ?? {}) as Record<string, unknown>;
  return {
    status: typeof status === "number" ? status : null,
    code: typeof code === "string" ? code : null,
    headers: headers instanceof Headers ? headers : null,
  };
}

/** Nobody was there to take the request. */
function neverArrived(error: unknown): boolean {
  const codes = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"];
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code } = at as { code?: unknown };
    if (typeof code === "string" && [...codes, "UND_ERR_CONNECT_TIMEOUT"].includes(code)) return true;
  }
  return false;
}

function readMilliseconds(text: string | null | undefined): number | null {
  const value = Number(text ?? Number.NaN);
  return Number.isFinite(value) && value >= 0 ? value : null;
}

function withoutKey(error: unknown, apiKey: string, depth = 0): Error | undefined {
  if (!(error instanceof Error) || depth > 3) return undefined;
  const clean = new Error(redactKey(error.message, apiKey).slice(0, 2_000), {
    cause: withoutKey(error.cause, apiKey, depth + 1),
  });
  clean.name = error.name;
  return clean;
}
