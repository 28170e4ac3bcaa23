import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { pipelineMart } from "@/db/marts/pipelines";
import {
  beginPipelineRun,
  endPipelineRun,
  findPipelineRun,
  listAllPipelineLogs,
  listStepsOfPipelineRun,
} from "@/db/queries/pipeline-work";
import type { PipelineRun } from "@/db/schema";
import { sendAlert } from "@/lib/alert";
import { config } from "@/lib/config";
import { toAppError } from "@/lib/errors";
import { log } from "@/lib/log";
import { openObjectStore } from "@/lib/objects";
import { resolveParameters } from "@/lib/pipeline/parameters";
import { readStepReport } from "@/lib/pipeline/step-report";
import { type StepName, type StepParameters, stepNames } from "@/lib/pipeline/steps";
import { alertText } from "./alert-text";
import { durableStep } from "./durable";
import { LogWriter } from "./log-writer";
import { performStep, type StepOutcome, tries } from "./perform-step";
import type { StepProgram } from "./step-process";

/** What the executing process gives its workflows. */
export interface Workshop {
  program: StepProgram;
  /** The first pause before a step is tried again. */
  seconds: number;
  /** This process executes no longer. */
  abandoned: AbortSignal;
  /** Steps that are being ended, and last words of runs; a process that leaves waits for them. */
  closing: Set<Promise<unknown>>;
}

/**
 * The durable run of a pipeline: begin, the steps from its first, end. After a crash it is run again from its first line;
 * durable steps that had returned give what they returned then.
 */
export async function runPipeline(runId: string, workshop: Workshop): Promise<void> {
  const { program, seconds, abandoned, closing } = workshop;
  const begun = await durableStep("begin", () => unlessAbandoned(abandoned, () => begin(runId)));
  if (begun === null) return durableStep("alert", () => alertOf(runId));
  let outcome: StepOutcome = "succeeded";
  for (const step of stepNames.slice(stepNames.indexOf(begun.fromStep))) {
    const { parameters } = begun;
    outcome = await durableStep(
      step,
      (attempt) =>
        unlessAbandoned(abandoned, () =>
          awaited(closing, performStep({ runId, step, parameters, attempt, seconds, program, abandoned })),
        ),
      { tries, seconds: 0 },
    );
    if (outcome !== "succeeded") break;
  }
  await awaited(closing, close(runId, outcome));
}

async function awaited<T>(closing: Set<Promise<unknown>>, work: Promise<T>): Promise<T> {
  closing.add(work);
  return work.finally(() => closing.delete(work));
}

/** What a process that executes no longer has to say of a step must not be stored as its end: then it never settles. */
export async function unlessAbandoned<T>(abandoned: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    const result = await work();
    if (!abandoned.aborted) return result;
  } catch (error) {
    if (!abandoned.aborted) throw error;
  }
  return new Promise(() => {});
}

async function close(runId: string, outcome: StepOutcome): Promise<void> {
  await durableStep("end", () => end(runId, outcome));
  await durableStep("alert", () => alertOf(runId));
}

/** Null where there is nothing to do: the run is over, or cannot be begun and is over now. */
async function begin(runId: string): Promise<{ parameters: StepParameters; fromStep: StepName } | null> {
  const run = await findPipelineRun(runId);
  if (run?.status !== "queued" && run?.status !== "running") return null;
  const obstacle = await obstacleOf(run);
  if (obstacle) {
    await endPipelineRun(runId, "cancelled", { code: "PIPELINE_STEP_MISSING", message: obstacle });
    return null;
  }
  try {
    const store = openObjectStore();
    const { mart, stamp, asked, fromStep } = run;
    const knownUntil = (await pipelineMart(mart)).knownUntil?.();
    const parameters =
      run.parameters ??
      (await resolveParameters(store, { ...asked, mart, stamp }, { step: fromStep, knownUntil }));
    const earlier = stepNames.slice(0, stepNames.indexOf(fromStep));
    const reports = await Promise.all(earlier.map((step) => readStepReport(store, parameters, step)));
    await beginPipelineRun(
      runId,
      parameters,
      reports.filter((report) => report !== null),
    );
    return { parameters, fromStep };
  } catch (thrown) {
    const error = toAppError(thrown);
    if (error.code === "INTERNAL") throw thrown;
    await endPipelineRun(runId, "failed", error);
    return null;
  }
}

/** Of stamps that were queued together none is built on one that is not there. */
async function obstacleOf({ stamp, afterRunId }: PipelineRun): Promise<string | null> {
  const before = afterRunId === null ? null : await findPipelineRun(afterRunId);
  if (!before || before.status === "succeeded") return null;
  const how = before.status === "halted" ? "halted" : `is ${before.status}`;
  return `${stamp} was to be built on ${before.stamp}, whose run ${how}. Rerun that one, then this.`;
}

async function end(runId: string, outcome: StepOutcome): Promise<void> {
  const steps = await listStepsOfPipelineRun(runId);
  const culprit = steps.find(({ status }) => status === outcome);
  const error =
    outcome === "succeeded" || outcome === "cancelled"
      ? null
      : { code: culprit?.errorCode ?? "INTERNAL", message: culprit?.errorMessage ?? "" };
  await say(runId, outcome);
  const run = await findPipelineRun(runId);
  if (run) await keepLog(run);
  await endPipelineRun(runId, outcome, error);
}

/** Tells of a run that is over, where the settings ask for it. */
export async function alertOf(runId: string): Promise<void> {
  const run = await findPipelineRun(runId);
  if (!run || run.status === "cancelled") return;
  if (run.status === "succeeded" && config().alerts.on !== "all") return;
  await sendAlert(alertText(run, await listStepsOfPipelineRun(runId)));
}

/** The run's whole log beside the stamp's files: `marts/<mart>/<stamp>/runs/<run>/log.jsonl`. */
async function keepLog({ id, mart, stamp }: PipelineRun): Promise<void> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "pipeline-log-"));
  try {
    const lines = await listAllPipelineLogs(id);
    const file = path.join(folder, "log.jsonl");
    const text = lines.map(({ sequence, at, step, text }) => JSON.stringify({ sequence, at, step, text }));
    await writeFile(file, text.map((line) => `${line}\n`).join(""));
    await openObjectStore().putFile(`marts/${mart}/${stamp}/runs/${id}/log.jsonl`, file);
  } catch (error) {
    log.warn("pipeline log not kept", { runId: id, error });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function say(runId: string, text: string): Promise<void> {
  const said = new LogWriter(runId, null);
  said.write(text);
  await said.written();
}
