import { cookies } from "next/headers";
import { guestCookie, readGuestToken, signingSecret, type Viewer } from "@/lib/auth";
import { config } from "@/lib/config";
import { AppError } from "@/lib/errors";

/**
 * Who is asking, by the cookie that `proxy.ts` gives to every page's visitor.
 * @throws AppError NOT_SIGNED_IN
 */
export async function currentViewer(): Promise<Viewer> {
  const token = (await cookies()).get(guestCookie.name)?.value;
  const viewer = readGuestToken(token, await signingSecret(config().dataDir));
  if (!viewer)
    throw new AppError("NOT_SIGNED_IN", "This page has lost its sign-in. Reload it and try again.");
  return viewer;
}
