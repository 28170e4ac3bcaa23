import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import type { Viewer } from "./viewer";

/** The cookie that carries the token; `secure` is for the server to add where it is reached by HTTPS. */
export const guestCookie = {
  name: "feature-mart-guest",
  options: { httpOnly: true, sameSite: "lax", path: "/", maxAge: 180 * 24 * 3600 },
} as const;

const claimsSchema = z.object({
  id: z.string().min(1),
  name: z.string().min(1),
  /** Seconds since 1970. */
  expires: z.number(),
});

/** A signed token that says who a guest is: claims, a dot, their HMAC-SHA256. */
export function issueGuestToken(viewer: Viewer, secret: string, now = new Date()): string {
  const expires = Math.floor(now.getTime() / 1000) + guestCookie.options.maxAge;
  const claims = Buffer.from(JSON.stringify({ id: viewer.id, name: viewer.name, expires })).toString(
    "base64url",
  );
  return `${claims}.${sign(claims, secret)}`;
}

/** The guest of a token; null when it is not ours, was changed, or is too old. */
export function readGuestToken(token: string | undefined, secret: string, now = new Date()): Viewer | null {
  const [claims, signature, ...rest] = (token ?? "").split(".");
  if (!claims || !signature || rest.length > 0) return null;
  const expected = Buffer.from(sign(claims, secret));
  const given = Buffer.from(signature);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
  // Only what we signed gets here, but an earlier version of us may have signed it.
  const parsed = claimsSchema.safeParse(JSON.parse(Buffer.from(claims, "base64url").toString("utf8")));
  if (!parsed.success || parsed.data.expires * 1000 < now.getTime()) return null;
  return { id: parsed.data.id, name: parsed.data.name };
}

function sign(claims: string, secret: string): string {
  return createHmac("sha256", secret).update(`guest:${claims}`).digest("base64url");
}
