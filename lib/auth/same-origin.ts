/**
 * Whether a request may change something: a page of another site must not send one with the person's cookie. Browsers
 * name the origin of every POST; what names none is not a page.
 */
export function isSameOrigin(request: {
  method: string;
  /** Header values; null where the header is missing. */
  origin: string | null;
  host: string | null;
  secFetchSite: string | null;
}): boolean {
  if (["GET", "HEAD", "OPTIONS"].includes(request.method.toUpperCase())) return true;
  if (request.origin !== null) return request.host !== null && hostOf(request.origin) === request.host;
  return (
    request.secFetchSite === null || request.secFetchSite === "same-origin" || request.secFetchSite === "none"
  );
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}
