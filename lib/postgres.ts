import { readFileSync } from "node:fs";
import { type ConnectionOptions, checkServerIdentity } from "node:tls";
import postgres from "postgres";
import { AppError } from "./errors";

export type PostgresClient = postgres.Sql;
export type PostgresTransaction = postgres.TransactionSql;

/** What every driver is given: they read `sslmode` differently, so it is taken out of the address and read here. */
export interface PostgresAddress {
  url: string;
  ssl: false | ConnectionOptions;
}

/** `prefer` and `allow` are not among them: they go on in the open, unnoticed, when somebody in between wants it so. */
const sslModes = ["disable", "require", "verify-ca", "verify-full"] as const;
type SslMode = (typeof sslModes)[number];

/**
 * A client of a PostgreSQL server that connects on first use, and again after a broken connection within two seconds.
 * `max` connections at most; other options are the driver's own. The driver's notices are dropped: they would go to
 * standard output.
 * @param options.caFile tells the PEM file that the server's certificate is checked against; null: the machine's own
 */
export function openPostgres(url: string, { caFile, ...options }: OpenOptions): PostgresClient {
  const address = postgresAddress(url, caFile);
  const backoff = (attempt: number) => Math.min(0.05 * 2 ** attempt, 2);
  return postgres(address.url, { onnotice: () => {}, backoff, ssl: address.ssl, ...options });
}

interface OpenOptions {
  caFile?: () => string | null;
  max: number;
  connect_timeout: number;
  max_lifetime?: number | null;
  onclose?: () => void;
  onnotify?: (channel: string, payload: string) => void;
}

/**
 * As libpq means it: `require` encrypts without asking who is there, unless certificates are given; `verify-ca` asks for
 * a certificate signed by one of them; `verify-full` also for the host's name in it. Without `sslmode`: `disable`.
 * @throws AppError SETTINGS_INVALID where the mode or the file cannot be used
 */
export function postgresAddress(address: string, caFile: () => string | null = () => null): PostgresAddress {
  const url = new URL(address);
  const mode = (url.searchParams.get("sslmode") ?? "disable") as SslMode;
  url.searchParams.delete("sslmode");
  if (!sslModes.includes(mode)) {
    throw new AppError(
      "SETTINGS_INVALID",
      `The address of a PostgreSQL asks for sslmode=${mode}: it must be one of ${sslModes.join(", ")}.`,
    );
  }
  if (url.searchParams.has("sslrootcert")) {
    throw new AppError("SETTINGS_INVALID", "DATABASE_URL: name the file of sslrootcert in DATABASE_CA_FILE.");
  }
  if (mode === "disable") return { url: url.href, ssl: false };
  const file = caFile();
  const ca = file === null ? undefined : readCertificates(file);
  if (mode === "require" && !ca) return { url: url.href, ssl: { rejectUnauthorized: false } };
  // The drivers hand over a socket without its host's name, so that the name must be brought along.
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const checkHost: ConnectionOptions["checkServerIdentity"] =
    mode === "verify-full" ? (_, certificate) => checkServerIdentity(host, certificate) : () => undefined;
  return { url: url.href, ssl: { rejectUnauthorized: true, ca, checkServerIdentity: checkHost } };
}

function readCertificates(file: string): string {
  try {
    const text = readFileSync(file, "utf8");
    if (text.includes("-----BEGIN CERTIFICATE-----")) return text;
  } catch (cause) {
    throw new AppError("SETTINGS_INVALID", `DATABASE_CA_FILE: ${file} cannot be read.`, { cause });
  }
  throw new AppError("SETTINGS_INVALID", `DATABASE_CA_FILE: ${file} holds no PEM certificate.`);
}
