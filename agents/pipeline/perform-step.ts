import { setTimeout as delay } from "node:timers/promises";
import { patiently } from "@/db/patiently";
import { beginPipelineStep, isPipelineStopping, setPipelineStep } from "@/db/queries/pipeline-work";
import { log } from "@/lib/log";
import type { StepName, StepParameters } from "@/lib/pipeline/steps";
import { LogWriter } from "./log-writer";
import { runStepProcess, type StepEnd, type StepProgram } from "./step-process";

export type StepOutcome = "succeeded" | "halted" | "failed" | "cancelled";

export const tries = 3;

/** A step's work is not to be done again since its end could not be stored at once. */
const secondsOfPatience = 120;

/** What would fail again in the same way; PIPELINE_ACTIVE, where another process began the step, would take it from that. */
const final = [
  ...["GATE_HALTED", "PIPELINE_STEP_MISSING", "PIPELINE_ACTIVE"],
  ...["BAD_INPUT", "SETTINGS_INVALID", "MART_UNKNOWN"],
];

/**
 * One try of one step of a run, with its log, progress and report stored. A failure that may pass throws, for another
 * try; any other end is returned. What it gives once `abandoned` is nobody's: whoever executes next does the step anew.
 */
export async function performStep(work: {
  runId: string;
  step: StepName;
  parameters: StepParameters;
  attempt: number;
  /** Before the second try; before the third three times that. */
  seconds: number;
  program: StepProgram;
  abandoned: AbortSignal;
}): Promise<StepOutcome> {
  const { runId, step, parameters, attempt, seconds, program, abandoned } = work;
  const asked = new AbortController();
  const said = new LogWriter(runId, step);
  const storing = { seconds: secondsOfPatience, signal: abandoned };
  if (await patiently(() => isPipelineStopping(runId), storing)) return stopped(runId, step, said);
  await patiently(() => beginPipelineStep(runId, step), storing);
  if (attempt > 1) said.write(`try ${attempt} of ${tries}`);
  const listening = watchCancel(runId, asked);
  const progress = progressOf(runId, step);
  const signal = AbortSignal.any([asked.signal, abandoned]);
  try {
    const end = await runStepProcess(program(step, parameters), {
      signal,
      onEvent: (event) => (event.type === "log" ? said.write(event.text) : progress.set(event)),
    });
    await Promise.all([said.written(), progress.stored()]);
    if (abandoned.aborted) return "cancelled";
    if (end.type === "report") {
      const { report } = end;
      const nothing = { progress: null, errorCode: null, errorMessage: null, errorDetails: null };
      const succeeded = { ...nothing, status: "succeeded" as const, report };
      await patiently(() => setPipelineStep(runId, step, succeeded), storing);
      return "succeeded";
    }
    if (asked.signal.aborted) return await stopped(runId, step, said);
    const outcome = await unsuccessful(runId, step, attempt, end, said);
    if (outcome !== "again") return outcome;
    // Here and not between the tries, where nobody would hear that the run is cancelled.
    await delay(seconds * 3 ** (attempt - 1) * 1000, undefined, { signal }).catch(() => {});
    if (asked.signal.aborted) return await stopped(runId, step, said);
    throw new Error(`${end.code}: ${end.message}`);
  } finally {
    clearInterval(listening);
  }
}

async function unsuccessful(
  runId: string,
  step: StepName,
  attempt: number,
  { code, message, details }: Extract<StepEnd, { type: "error" }>,
  said: LogWriter,
): Promise<StepOutcome | "again"> {
  const isOver = final.includes(code) || attempt >= tries;
  const outcome = code === "GATE_HALTED" ? "halted" : "failed";
  log.warn("pipeline step failed", { runId, step, attempt, code, problem: message });
  said.write(isOver ? message : `${message} It will be tried again.`);
  await said.written();
  await setPipelineStep(runId, step, {
    status: isOver ? outcome : "running",
    errorCode: code,
    errorMessage: message,
    errorDetails: details,
  });
  return isOver ? outcome : "again";
}

async function stopped(runId: string, step: StepName, said: LogWriter): Promise<StepOutcome> {
  said.write("cancelled");
  await said.written();
  await setPipelineStep(runId, step, { status: "cancelled", progress: null });
  return "cancelled";
}

function watchCancel(runId: string, asked: AbortController): NodeJS.Timeout {
  return setInterval(async () => {
    const isStopping = await isPipelineStopping(runId).catch(() => false);
    if (isStopping) asked.abort();
  }, 500);
}

/** Stores the latest progress, twice a second at most. */
function progressOf(runId: string, step: StepName) {
  let latest: { label: string; done: number; total: number } | null = null;
  let storing: Promise<void> | null = null;
  const store = async () => {
    while (latest) {
      const { label, done, total } = latest;
      latest = null;
      await setPipelineStep(runId, step, { progress: { label, done, total } }).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    storing = null;
  };
  return {
    set: (progress: { label: string; done: number; total: number }) => {
      latest = progress;
      storing ??= store();
    },
    stored: async () => {
      latest = null;
      await storing;
    },
  };
}
