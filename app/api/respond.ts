import { isSameOrigin } from "@/lib/auth";
import { AppError, toAppError } from "@/lib/errors";
import { log } from "@/lib/log";

/**
 * Runs a route's work and turns what it throws into `{error: {code, message, details}}` with its status. What changes
 * something must come from our own pages.
 */
export async function respond(request: Request, work: () => Promise<Response>): Promise<Response> {
  try {
    requireSameOrigin(request);
    return await work();
  } catch (thrown) {
    const error = toAppError(thrown);
    if (error.status >= 500) log.error("request failed", { path: new URL(request.url).pathname, error });
    return errorResponse(error);
  }
}

export function errorResponse({ code, message, details, status }: AppError): Response {
  return Response.json(
    { error: { code, message, details } },
    { status, headers: { "cache-control": "no-store" } },
  );
}

function requireSameOrigin({ method, headers }: Request): void {
  const isOurs = isSameOrigin({
    method,
    origin: headers.get("origin"),
    host: headers.get("host"),
    secFetchSite: headers.get("sec-fetch-site"),
  });
  if (!isOurs) throw new AppError("BAD_INPUT", "This request came from another site, so nothing was done.");
}
