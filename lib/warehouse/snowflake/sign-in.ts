import { createPrivateKey } from "node:crypto";
import { readFile } from "node:fs/promises";
import { AppError } from "@/lib/errors";
import { learnSecret } from "@/lib/settings/secrets";
import type { SnowflakeSettings } from "@/lib/settings/warehouse";

/** What is shown to the service for one connection. */
export type Credentials =
  | { by: "password"; password: string }
  /** PKCS 8, without a passphrase. */
  | { by: "key pair"; pem: string }
  | { by: "oauth"; token: string };

/**
 * The credentials, with files read anew: tokens are short-lived and keys are rotated.
 * @throws AppError WAREHOUSE_DENIED naming the setting whose file cannot be used
 */
export async function readCredentials({ signIn }: SnowflakeSettings): Promise<Credentials> {
  if (signIn.by === "password") return signIn;
  if (signIn.by === "oauth") {
    const token = (await readNamed(signIn.file, "SNOWFLAKE_OAUTH_TOKEN_FILE")).trim();
    if (!token) throw new AppError("WAREHOUSE_DENIED", "The file of SNOWFLAKE_OAUTH_TOKEN_FILE is empty.");
    learnSecret("SNOWFLAKE_OAUTH_TOKEN_FILE", token);
    return { by: "oauth", token };
  }
  const text = await readNamed(signIn.file, "SNOWFLAKE_PRIVATE_KEY_FILE");
  try {
    const key = createPrivateKey({ key: text, format: "pem", passphrase: signIn.passphrase ?? undefined });
    return { by: "key pair", pem: String(key.export({ format: "pem", type: "pkcs8" })) };
  } catch (cause) {
    throw new AppError(
      "WAREHOUSE_DENIED",
      "The file of SNOWFLAKE_PRIVATE_KEY_FILE holds no private key that SNOWFLAKE_PRIVATE_KEY_PASSPHRASE opens.",
      { cause },
    );
  }
}

/** A user is locked out after a few wrong passwords: one that was refused is not shown again so soon. */
const refusalSeconds = 30;

let refused: { password: string; user: string; error: AppError; until: number } | null = null;

/** @throws AppError WAREHOUSE_DENIED the same as a moment ago, where this password was refused */
export function refuseAgain({ user }: SnowflakeSettings, credentials: Credentials): void {
  if (credentials.by !== "password" || refused?.password !== credentials.password) return;
  if (refused.user === user && Date.now() < refused.until) throw refused.error;
}

/** The same failure, kept in mind where it is a password's. */
export function remembered({ user }: SnowflakeSettings, credentials: Credentials, error: AppError): AppError {
  if (credentials.by === "password" && error.details.code === "390100") {
    refused = { password: credentials.password, user, error, until: Date.now() + refusalSeconds * 1000 };
  }
  return error;
}

async function readNamed(file: string, setting: string): Promise<string> {
  return readFile(file, "utf8").catch((cause) => {
    throw new AppError("WAREHOUSE_DENIED", `The file that ${setting} names could not be read.`, { cause });
  });
}
