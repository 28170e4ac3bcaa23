import { parseConfig } from "@/lib/config";
import type { S3Settings } from "@/lib/settings/objects";
import type { S3Server } from "./object-server";

/** The server's bucket as the app's own settings name it, with some of them changed. */
export function s3SettingsOf(
  server: Pick<S3Server, "settings">,
  changes: Partial<S3Settings> = {},
): S3Settings {
  const { objects } = parseConfig(server.settings);
  if (objects.kind !== "s3") throw new Error("not an S3 server's settings");
  return { ...objects, ...changes };
}
