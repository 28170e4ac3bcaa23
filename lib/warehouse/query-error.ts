import { isDiskFull } from "@/lib/disk-full";
import { AppError } from "@/lib/errors";

/** The engine's text may quote data, so it stays in `cause`; its class of error ("Binder", "Out of Memory") is safe. */
export function queryError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  if (isDiskFull(thrown)) return new AppError("DISK_FULL", undefined, { cause: thrown });
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  const kind = /^([A-Za-z ]{3,30}) Error:/.exec(text)?.[1] ?? "Unknown";
  return new AppError("QUERY_FAILED", undefined, { details: { kind }, cause: thrown });
}
