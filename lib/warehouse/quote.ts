import { AppError } from "@/lib/errors";

/** Text as a literal of DuckDB's, which knows no backslash escapes. */
export function quoteText(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/**
 * A column's or table's name as an identifier, in every dialect: always quoted, so that any header of any file is one.
 * @throws AppError FEATURE_SET_INVALID for a NUL, at which engines cut the statement
 */
export function quoteName(name: string): string {
  if (name.includes("\0"))
    throw new AppError("FEATURE_SET_INVALID", "A name may not hold the character NUL.");
  return `"${name.replaceAll('"', '""')}"`;
}
