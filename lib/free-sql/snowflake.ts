import { AppError } from "@/lib/errors";
import type { QueryResult, RunContext, Warehouse } from "@/lib/warehouse";
import { tooMuch } from "./too-much";

/**
 * Runs a checked statement on the warehouse service, which ends it by its id when it takes too long or is stopped.
 * @throws AppError SQL_LIMIT, and what {@link Warehouse.query} throws
 */
export async function runOnService(
  warehouse: Warehouse,
  sql: string,
  limits: { seconds: number; maximumBytes: number; context?: RunContext; signal?: AbortSignal },
): Promise<QueryResult & { seconds: number }> {
  const { seconds, maximumBytes, context, signal } = limits;
  const began = performance.now();
  const late = AbortSignal.timeout(seconds * 1000);
  try {
    const result = await (context ? warehouse.forRun(context) : warehouse).query(sql, {
      signal: signal ? AbortSignal.any([signal, late]) : late,
      maximumBytes,
    });
    return { ...result, seconds: (performance.now() - began) / 1000 };
  } catch (thrown) {
    const stopped = thrown instanceof AppError && thrown.code === "QUERY_CANCELLED";
    throw stopped && late.aborted && !signal?.aborted ? tooMuch("time", `${seconds} s`, thrown) : thrown;
  }
}
