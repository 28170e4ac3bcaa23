import { AppError } from "@/lib/errors";

export const refusalCategories = [
  "text",
  "syntax",
  "statement",
  "construct",
  "table",
  "function",
  "parameter",
] as const;
export type RefusalCategory = (typeof refusalCategories)[number];

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
