import { AppError } from "@/lib/errors";

type RefusalCategory = "text" | "syntax" | "statement" | "construct" | "table" | "function" | "parameter";

/**
 * The error of a statement that may not run: `sentence` says what is wrong and what to change.
 * @param at where in the statement, in characters from its beginning
 */
export function refusal(
  category: RefusalCategory,
  reason: string,
  sentence: string,
  more: { at?: number; cause?: unknown; [fact: string]: unknown } = {},
): AppError {
  const { cause, ...facts } = more;
  return new AppError("SQL_REFUSED", sentence, { details: { reason, category, ...facts }, cause });
}

/** Of a statement that cannot be read; `at`: from which character on, where that is known. */
export function syntaxRefusal(sql: string, at: number | undefined, cause: unknown): AppError {
  const near = at === undefined ? "" : sql.slice(at, at + 30).trim();
  return refusal(
    "syntax",
    "syntax error",
    near === ""
      ? "The statement cannot be read as one SELECT: something is missing at its end, or it uses what may not be used here."
      : `The statement cannot be read as one SELECT: look near “${near}”.`,
    { cause },
  );
}

export function functionRefusal(name: string, place: { at?: number } = {}): AppError {
  return refusal(
    "function",
    "function not allowed",
    `The function “${name.slice(0, 80)}” may not be used here: only functions that compute from the mart's own values may.`,
    { function: name.slice(0, 80), ...place },
  );
}
