import type { StepEvent } from "@/agents/pipeline/step-process";
import { toAppError } from "@/lib/errors";
import { log } from "@/lib/log";
import { runStep } from "@/lib/pipeline/run-step";

type Work = Parameters<typeof runStep>[0];

/** How long a step that is to end may take to put down what it holds. */
const patience = 4_000;

/**
 * Runs a step in this process and tells what happens, to the process that started this one or to a person. Ends when that
 * process is gone, or on SIGTERM or SIGINT. Ends the process.
 */
export async function runAsProcess(
  tell: (event: StepEvent) => Promise<void>,
  prepare: (watch: Pick<Work, "onLog" | "onProgress" | "signal">) => Promise<Work>,
): Promise<never> {
  const stopping = new AbortController();
  const stop = () => {
    stopping.abort();
    setTimeout(() => process.exit(1), patience).unref();
  };
  for (const signal of ["SIGTERM", "SIGINT", "disconnect"] as const) process.once(signal, stop);
  try {
    const work = await prepare({
      onLog: (text) => void tell({ type: "log", text }),
      onProgress: (label, done, total) => void tell({ type: "progress", label, done, total }),
      signal: stopping.signal,
    });
    const report = await runStep(work);
    await tell({ type: "report", report });
    process.exit(0);
  } catch (thrown) {
    const error = toAppError(thrown);
    if (!stopping.signal.aborted && error.cause) log.error("step failed", { error });
    const { code, message, details } = error;
    await tell({ type: "error", code, message: stopping.signal.aborted ? "Stopped." : message, details });
    process.exit(stopping.signal.aborted ? 4 : code === "GATE_HALTED" ? 3 : code === "BAD_INPUT" ? 2 : 1);
  }
}
