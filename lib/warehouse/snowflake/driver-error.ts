import { AppError, type ErrorCode } from "@/lib/errors";

/** The session is gone and no renewal brings it back: its work goes on over another connection. */
export class SessionLost extends Error {
  override readonly name = "SessionLost";
}

/** What a query's id leads to no more, because the service keeps results for a day. */
export class ResultGone extends Error {
  override readonly name = "ResultGone";
}

const quiet = "Snowflake does not answer. Try again, or have SNOWFLAKE_ACCOUNT and SNOWFLAKE_URL looked at.";

/** The service did not answer in time. */
export function silent(): AppError {
  return new AppError("WAREHOUSE_UNAVAILABLE", quiet);
}

/** By the service's code, or else by the class of its SQL state. The vendor's text quotes data and names, so it stays in `cause`. */
const known: Record<string, [ErrorCode, string]> = {
  "000604": ["QUERY_CANCELLED", "The query was stopped."],
  "000630": ["QUERY_FAILED", "The query took longer than SNOWFLAKE_STATEMENT_SECONDS and was ended."],
  "000606": [
    "WAREHOUSE_UNAVAILABLE",
    "No virtual warehouse is active. Look at SNOWFLAKE_WAREHOUSE, and at whether the role may use and resume it.",
  ],
  "000608": ["WAREHOUSE_UNAVAILABLE", "The virtual warehouse of SNOWFLAKE_WAREHOUSE could not be resumed."],
  "000609": ["WAREHOUSE_UNAVAILABLE", "The virtual warehouse of SNOWFLAKE_WAREHOUSE is suspended."],
  "090073": [
    "WAREHOUSE_UNAVAILABLE",
    "The virtual warehouse of SNOWFLAKE_WAREHOUSE cannot be resumed: its resource monitor's quota is used up.",
  ],
  "003001": ["WAREHOUSE_DENIED", "The role lacks a grant that this query needs."],
  "003003": ["WAREHOUSE_DENIED", "A table or view is not there, or the role lacks a grant on it."],
  "002003": ["WAREHOUSE_DENIED", "A table or schema is not there, or the role lacks a grant on it."],
  "090105": [
    "WAREHOUSE_DENIED",
    "The database is not there, or the role lacks a grant on it. Look at SNOWFLAKE_DATABASE.",
  ],
  "090106": ["WAREHOUSE_DENIED", "The schema is not there, or the role lacks a grant on it."],
  "002043": ["WAREHOUSE_DENIED", "An object is not there, or the role lacks a grant on it."],
};

/** Codes of a session that is over: 390112 comes here only where renewing it has failed. */
const lost = new Set(["390104", "390110", "390111", "390112", "390114", "390115", "401004", "407002"]);
const expired = new Set(["000707", "000709"]);

/** What failed after signing in, as an AppError, {@link SessionLost} or {@link ResultGone}. */
export function statementError(thrown: unknown): Error {
  if (thrown instanceof AppError || thrown instanceof SessionLost || thrown instanceof ResultGone)
    return thrown;
  const { code, sqlState } = codesOf(thrown);
  if (lost.has(code)) return new SessionLost("The session is over.", { cause: thrown });
  if (expired.has(code)) return new ResultGone("The result is gone.", { cause: thrown });
  const entry = known[code];
  const details = { code, ...(sqlState ? { sqlState } : {}) };
  if (entry) return new AppError(entry[0], entry[1], { details, cause: thrown });
  if (sqlState?.startsWith("42501"))
    return new AppError("WAREHOUSE_DENIED", undefined, { details, cause: thrown });
  if (/^40[12]\d{3}$/.test(code) || code === "")
    return new AppError("WAREHOUSE_UNAVAILABLE", quiet, { details, cause: thrown });
  return new AppError("QUERY_FAILED", undefined, { details, cause: thrown });
}

const corrections: [RegExp, string][] = [
  [
    /^390100$|^390101$/,
    "Snowflake refuses this user or password. Correct SNOWFLAKE_USER or SNOWFLAKE_PASSWORD.",
  ],
  [
    /^39014[45]$|^3943\d\d$/,
    "Snowflake refuses the key. Correct SNOWFLAKE_USER, or register the public half of SNOWFLAKE_PRIVATE_KEY_FILE for the user.",
  ],
  [
    /^3903\d\d$/,
    "Snowflake refuses the OAuth token. Renew the file of SNOWFLAKE_OAUTH_TOKEN_FILE, or correct SNOWFLAKE_USER or SNOWFLAKE_ROLE.",
  ],
  [/^390(189|186|201)$/, "Snowflake refuses the role. Correct SNOWFLAKE_ROLE, or grant it to the user."],
  [/^390(422|420|432)$/, "Snowflake's network policy does not let this machine in."],
];

/** What failed while signing in: a setting to correct, or a service that is away. */
export function signInError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const { code } = codesOf(thrown);
  const details = { code };
  const correction = corrections.find(([codes]) => codes.test(code))?.[1];
  if (correction) return new AppError("WAREHOUSE_DENIED", correction, { details, cause: thrown });
  if (/^39\d{4}$/.test(code)) {
    const message =
      "Snowflake refuses the sign-in. Correct SNOWFLAKE_ACCOUNT, SNOWFLAKE_USER and what it signs in with.";
    return new AppError("WAREHOUSE_DENIED", message, { details, cause: thrown });
  }
  return new AppError("WAREHOUSE_UNAVAILABLE", quiet, { details, cause: thrown });
}

function codesOf(thrown: unknown): { code: string; sqlState?: string } {
  if (typeof thrown !== "object" || thrown === null) return { code: "" };
  const code = "code" in thrown && thrown.code != null ? String(thrown.code) : "";
  const sqlState = "sqlState" in thrown && typeof thrown.sqlState === "string" ? thrown.sqlState : undefined;
  return { code, sqlState };
}
