import { AppError } from "@/lib/errors";

const advice = {
  time: "It ran longer than the",
  memory: "It needed more than the",
};

/** SQL_LIMIT that says which limit ended the statement, and how to narrow it down. */
export function tooMuch(limit: "time" | "memory", value: string, cause?: unknown): AppError {
  return new AppError(
    "SQL_LIMIT",
    `${advice[limit]} ${value} that a statement may take here, and was ended. Filter earlier, join on keys, or aggregate before joining.`,
    { details: { limit, value }, cause },
  );
}
