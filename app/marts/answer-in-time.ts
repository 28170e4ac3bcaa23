import { config } from "@/lib/config";
import { AppError } from "@/lib/errors";
import { unlessStopped } from "@/lib/unless-stopped";

/** A person looks at an empty page meanwhile. In milliseconds. */
const patience = 15_000;

/**
 * What the warehouse's work gives, unless its service lets it wait for too long: put in nothing that waits for anything else. The
 * work itself goes on, so that who asks again may find it done.
 * @throws AppError WAREHOUSE_UNAVAILABLE; what the work throws
 */
export async function answerInTime<T>(work: Promise<T>, milliseconds = patience): Promise<T> {
  if (config().warehouse.kind === "duckdb") return work;
  const late = AbortSignal.timeout(milliseconds);
  return unlessStopped(work, late).catch((thrown) => {
    if (!late.aborted) throw thrown;
    throw new AppError(
      "WAREHOUSE_UNAVAILABLE",
      `Snowflake has not answered within ${milliseconds / 1000} seconds: its virtual warehouse may be waking up, or be suspended. Try again in a minute; if it stays so, have SNOWFLAKE_WAREHOUSE looked at.`,
      { cause: thrown },
    );
  });
}

/** For pages: the answer, or the sentence that tells why there is none and what to do. Slips of our own are thrown. */
export async function answerOrTrouble<T>(work: Promise<T>): Promise<{ answer: T } | { trouble: string }> {
  try {
    return { answer: await work };
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code !== "INTERNAL") return { trouble: thrown.message };
    throw thrown;
  }
}
