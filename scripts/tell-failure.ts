import { type AppError, toAppError } from "@/lib/errors";
import { log } from "@/lib/log";

/** Whose sentence says no more than where to look. */
const isUnclear = ({ code }: AppError) => ["INTERNAL", "DATABASE_UNAVAILABLE"].includes(code);

/** Says to a person at a terminal what a command failed of. What caused it is logged where they need it, or want it: LOG_LEVEL=debug. */
export function tellFailure(command: string, thrown: unknown): AppError {
  const error = toAppError(thrown);
  console.error(error.message);
  if (error.cause) log[isUnclear(error) ? "error" : "debug"](`${command} failed`, { error });
  return error;
}
