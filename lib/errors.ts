import { isDatabaseLost } from "./database-lost";
import { isDiskFull } from "./disk-full";

/**
 * The one error type of the project. A code is one of a closed set; each has an HTTP status and the sentence that a
 * person reads. A vendor's raw text belongs in `cause`, which is logged and never shown.
 */
const codes = {
  BAD_INPUT: [400, "That could not be read. Check the form of the request."],
  MESSAGE_EMPTY: [400, "The message is empty. Say which features you need."],
  MESSAGE_TOO_LONG: [413, "The message is too long. Keep it under 20,000 characters."],
  NOT_SIGNED_IN: [401, "Sign in first."],
  NOT_ALLOWED: [403, "You may not do that here."],
  NOT_FOUND: [404, "There is nothing here, or it is not yours to see."],
  RUN_ACTIVE: [409, "This conversation is still working on the last message. Wait for it or stop it."],
  APPROVAL_DECIDED: [409, "This question has been answered already."],
  APPROVAL_STALE: [409, "This question is no longer open."],
  MART_UNKNOWN: [404, "There is no mart of that name. `npm run mart -- list` shows those there are."],
  MART_DAMAGED: [
    503,
    "The mart's files could not be read. Build its stamp again with `npm run pipeline -- run`.",
  ],
  SOURCE_UNAVAILABLE: [
    502,
    "A source did not answer. Correct its address in the settings, or try again later.",
  ],
  SOURCE_CHANGED: [422, "A source does not give what the mart declares. Correct the one or the other."],
  PIPELINE_ACTIVE: [409, "That stamp is being built already. Watch that run, or cancel it first."],
  PIPELINE_FULL: [429, "Many runs are queued already. Wait for one to end, or cancel one."],
  PIPELINE_STEP_MISSING: [409, "An earlier step of this stamp has to be run first."],
  GATE_HALTED: [422, "A quality gate failed, so nothing was published. The failed checks say why."],
  TABLE_UNKNOWN: [422, "That table is not in the registry."],
  FEATURE_UNKNOWN: [422, "That feature is not in the registry."],
  FEATURE_SET_INVALID: [422, "The feature set is not valid."],
  FEATURE_SET_EMPTY: [422, "The feature set has no features. Name at least one."],
  DUPLICATE_FEATURE: [
    422,
    "Two tables have a feature of the same name. Ask for full names or leave one out.",
  ],
  PATH_MISSING: [422, "No join path leads to that table."],
  PATH_AMBIGUOUS: [422, "Several equally good join paths lead to that table. Choose one."],
  KEY_TYPE_MISMATCH: [422, "The join keys have different types."],
  GRAIN_FALSE: [422, "The table's declared grain does not hold. The join would multiply rows."],
  GRAIN_UNDECLARED: [422, "The table declares no grain, so it cannot be joined safely."],
  AGGREGATION_MISSING: [
    422,
    "The table is finer than the rows asked for, and a feature has no aggregation rule.",
  ],
  EMPTY_SPINE: [422, "No rows match the filters, so there is no matrix to build."],
  QUERY_FAILED: [502, "The warehouse refused the query."],
  QUERY_CANCELLED: [499, "The query was stopped."],
  WAREHOUSE_UNAVAILABLE: [
    503,
    "The warehouse does not answer, or its compute is suspended. Try again, or have it looked at.",
  ],
  WAREHOUSE_DENIED: [
    502,
    "The warehouse does not let this app do that. Its sign-in or a grant has to be corrected.",
  ],
  RESULT_INCOMPLETE: [
    502,
    "The warehouse's answer broke off before its end, so nothing of it is shown. Try again.",
  ],
  SQL_REFUSED: [422, "That SQL may not run here."],
  SQL_LIMIT: [422, "That statement took more than it may, and was ended. Narrow it down."],
  OBJECT_STORE_UNAVAILABLE: [503, "The object store does not answer, or refuses this app."],
  PLANNER_UNAVAILABLE: [502, "The language model did not answer."],
  PLANNER_INVALID: [502, "The language model's answer did not fit the schema."],
  MODEL_BUDGET_USED: [429, "The budget of tokens for the language model is used up."],
  DATABASE_UNAVAILABLE: [
    503,
    "The app's database does not answer. It is tried again by itself; start it, or correct DATABASE_URL.",
  ],
  DISK_FULL: [
    507,
    "A disk is full, so nothing more could be written. Free space there, or set DATA_DIR to a folder on a larger one.",
  ],
  EXPORT_FAILED: [500, "The export could not be written. Nothing was published."],
  REPLAY_MISMATCH: [409, "The replayed data differ from the manifest."],
  SETTINGS_INVALID: [500, "Some settings are wrong."],
  INTERNAL: [500, "Something went wrong here. Try again; the log has the details."],
} as const satisfies Record<string, readonly [status: number, sentence: string]>;

export type ErrorCode = keyof typeof codes;

const brand = Symbol.for("agentic-feature-mart.AppError");

export class AppError extends Error {
  override readonly name = "AppError";
  readonly [brand] = true;
  readonly code: ErrorCode;
  /** Small facts a card or a test may read: names and counts, never secrets or vendor text. */
  readonly details: Readonly<Record<string, unknown>>;

  /** `message` replaces the code's own sentence where more can be said: what was wrong and what to do. */
  constructor(
    code: ErrorCode,
    message?: string,
    options: { details?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(message ?? codes[code][1], { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }

  get status(): number {
    return codes[this.code][0];
  }

  /**
   * Known by its brand: the server's bundler gives routes their own copies of this class, and what the process shares, a store
   * or an open mart, throws that of whoever opened it.
   */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === "object" && value !== null && brand in value;
  }
}

/**
 * Anything thrown, as an {@link AppError}. What was not one becomes INTERNAL with the original as its cause, or what may
 * happen anywhere: DATABASE_UNAVAILABLE where a driver tells of a connection that broke, DISK_FULL.
 */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const lost = isDatabaseLost(thrown) ? "DATABASE_UNAVAILABLE" : "INTERNAL";
  const code = isDiskFull(thrown) ? "DISK_FULL" : lost;
  return new AppError(code, undefined, { cause: thrown });
}
