import { randomUUID } from "node:crypto";
import { type NextRequest, NextResponse } from "next/server";
import { guestCookie, issueGuestToken, newGuest, readGuestToken, signingSecret } from "@/lib/auth";
import { isDevelopment, config as settings } from "@/lib/config";

/**
 * What every page gets before it is drawn: a guest's cookie where there is none, and a content security policy with a
 * fresh nonce. It locks nothing: who may see what is decided in the queries.
 */
export async function proxy(request: NextRequest): Promise<NextResponse> {
  const policy = contentSecurityPolicy(randomUUID());
  const headers = new Headers(request.headers);
  headers.set("content-security-policy", policy);

  const token = await newTokenFor(request);
  if (token) headers.set("cookie", withCookie(request.headers.get("cookie"), token));

  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  if (token) {
    const secure = request.nextUrl.protocol === "https:";
    response.cookies.set(guestCookie.name, token, { ...guestCookie.options, secure });
  }
  return response;
}

export const config = {
  matcher: ["/((?!api/|_next/|icon\\.svg).*)"],
};

/** Null when the visitor is known. */
async function newTokenFor(request: NextRequest): Promise<string | null> {
  const secret = await signingSecret(settings().dataDir);
  const known = readGuestToken(request.cookies.get(guestCookie.name)?.value, secret);
  return known ? null : issueGuestToken(newGuest(), secret);
}

/** The page that is being drawn must already see its new visitor. */
function withCookie(cookies: string | null, token: string): string {
  const others = (cookies ?? "")
    .split(/;\s*/)
    .filter((cookie) => cookie !== "" && !cookie.startsWith(`${guestCookie.name}=`));
  return [...others, `${guestCookie.name}=${token}`].join("; ");
}

function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'self'",
    // React's development build evaluates code to rebuild server errors.
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ""}`,
    `style-src 'self' ${isDevelopment ? "'unsafe-inline'" : `'nonce-${nonce}'`}`,
    // Widths of bars stand in style attributes; they can load nothing and run nothing.
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}
