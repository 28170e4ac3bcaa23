import type { SnowflakeSettings } from "@/lib/settings/warehouse";
import type { Patience } from "./limits";
import type { Credentials } from "./sign-in";

/** As a JavaScript number some would lose digits. */
const asText: ("Number" | "JSON" | "Buffer")[] = ["Number", "JSON", "Buffer"];

/** How the SDK is to sign in and to give values. */
export function connectionOptions(
  settings: SnowflakeSettings,
  schema: string,
  credentials: Credentials,
  patience: Patience,
) {
  const { account, url, user, role, warehouse, database } = settings;
  return {
    ...{ account, username: user, warehouse, database, schema },
    ...(url ? { accessUrl: url.replace(/\/+$/, "") } : {}),
    ...(role ? { role } : {}),
    ...signInOptions(credentials),
    application: "AgenticFeatureMart",
    // A session with nothing to do ends by itself; it is renewed or replaced when needed again.
    clientSessionKeepAlive: false,
    jsTreatIntegerAsBigInt: true,
    rowMode: "array" as const,
    streamResult: true,
    fetchAsString: asText,
    timeout: patience.request,
    sfRetryMaxLoginRetries: 2,
    disableConsoleLogin: true,
    representNullAsStringNull: false,
  };
}

function signInOptions(credentials: Credentials) {
  if (credentials.by === "password") return { authenticator: "SNOWFLAKE", password: credentials.password };
  if (credentials.by === "oauth") return { authenticator: "OAUTH", token: credentials.token };
  return { authenticator: "SNOWFLAKE_JWT", privateKey: credentials.pem };
}

/** Pins what results depend on, whatever the account's or the user's own settings are. */
export function sessionSettings({ statementSeconds }: SnowflakeSettings): string {
  const parameters = {
    TIMEZONE: "'UTC'",
    TIMESTAMP_TYPE_MAPPING: "'TIMESTAMP_NTZ'",
    WEEK_START: 1,
    STRICT_JSON_OUTPUT: "TRUE",
    QUOTED_IDENTIFIERS_IGNORE_CASE: "FALSE",
    MULTI_STATEMENT_COUNT: 1,
    STATEMENT_TIMEOUT_IN_SECONDS: statementSeconds,
    // A query outlives the connection that began it, so that a restart can wait for it.
    ABORT_DETACHED_QUERY: "FALSE",
  };
  const pairs = Object.entries(parameters).map(([name, value]) => `${name} = ${value}`);
  return `ALTER SESSION SET ${pairs.join(", ")}`;
}
