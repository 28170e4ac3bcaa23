import type { Problems } from "./read";
import type { Settings } from "./schema";

export interface SnowflakeSettings {
  /** As in `myorg-myaccount`. */
  account: string;
  /** Where the account is reached, when not at the account's own address: a private link, an emulator. */
  url: string | null;
  user: string;
  signIn:
    | { by: "password"; password: string }
    | { by: "key pair"; file: string; passphrase: string | null }
    /** Read anew for every connection, since such tokens are short-lived. */
    | { by: "oauth"; file: string };
  role: string | null;
  /** May read published marts and change nothing: whatever is asked of a mart runs as this role. Null: as `role`. */
  readRole: string | null;
  warehouse: string;
  database: string;
  /** Holds the registries; the tables of each published stamp are in a schema of their own beside it. */
  schema: string;
  /** Lets the warehouse read and write the object store's bucket. */
  storageIntegration: string | null;
  /** Connections at most. */
  pool: number;
  /** What the server ends by itself. */
  statementSeconds: number;
}

export type WarehouseSettings = { kind: "duckdb" } | ({ kind: "snowflake" } & SnowflakeSettings);

/** The warehouse's settings; null where something is missing, which is added to `problems`. */
export function readWarehouseSettings(s: Settings, problems: Problems): WarehouseSettings | null {
  if (s.WAREHOUSE === "duckdb") return { kind: "duckdb" };
  const needed = (name: "SNOWFLAKE_ACCOUNT" | "SNOWFLAKE_USER") => {
    if (!s[name]) problems.add(name, "needed when WAREHOUSE is snowflake");
    return s[name] ?? "";
  };
  if (s.OBJECT_STORE !== "s3") {
    problems.add(
      "OBJECT_STORE",
      "must be s3 when WAREHOUSE is snowflake, which unloads matrices to a bucket",
    );
  }
  const signIn = signInOf(s, problems);
  const account = needed("SNOWFLAKE_ACCOUNT");
  const user = needed("SNOWFLAKE_USER");
  if (!signIn) return null;
  return {
    ...{ kind: "snowflake", account, user, signIn },
    url: s.SNOWFLAKE_URL ?? null,
    role: s.SNOWFLAKE_ROLE ?? null,
    readRole: s.SNOWFLAKE_READ_ROLE ?? null,
    warehouse: s.SNOWFLAKE_WAREHOUSE,
    database: s.SNOWFLAKE_DATABASE,
    schema: s.SNOWFLAKE_SCHEMA,
    storageIntegration: s.SNOWFLAKE_STORAGE_INTEGRATION ?? null,
    pool: s.SNOWFLAKE_POOL,
    statementSeconds: s.SNOWFLAKE_STATEMENT_SECONDS,
  };
}

function signInOf(s: Settings, problems: Problems): SnowflakeSettings["signIn"] | null {
  const { SNOWFLAKE_PASSWORD, SNOWFLAKE_PRIVATE_KEY_FILE, SNOWFLAKE_OAUTH_TOKEN_FILE } = s;
  const given = { SNOWFLAKE_PASSWORD, SNOWFLAKE_PRIVATE_KEY_FILE, SNOWFLAKE_OAUTH_TOKEN_FILE };
  const names = Object.entries(given).flatMap(([name, value]) => (value ? [name] : []));
  if (names.length !== 1) {
    problems.add(
      "SNOWFLAKE_PASSWORD",
      `exactly one of ${Object.keys(given).join(", ")} is needed to sign in, ${names.length === 0 ? "none is set" : `${names.join(" and ")} are set`}`,
    );
    return null;
  }
  if (SNOWFLAKE_PASSWORD) return { by: "password", password: SNOWFLAKE_PASSWORD };
  if (SNOWFLAKE_OAUTH_TOKEN_FILE) return { by: "oauth", file: SNOWFLAKE_OAUTH_TOKEN_FILE };
  const passphrase = s.SNOWFLAKE_PRIVATE_KEY_PASSPHRASE ?? null;
  return { by: "key pair", file: SNOWFLAKE_PRIVATE_KEY_FILE ?? "", passphrase };
}
