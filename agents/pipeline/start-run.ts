import { pipelineMart } from "@/db/marts/pipelines";
import { createPipelineRuns, getPipelineRun, listPipelineSteps } from "@/db/queries/pipeline";
import type { PipelineRun } from "@/db/schema";
import type { Viewer } from "@/lib/auth";
import { AppError } from "@/lib/errors";
import { openObjectStore } from "@/lib/objects";
import {
  type AskedParameters,
  requirePast,
  resolveParameters,
  stampsBetween,
} from "@/lib/pipeline/parameters";
import { requireEarlierSteps } from "@/lib/pipeline/step-report";
import { type StepName, stepNames } from "@/lib/pipeline/steps";

export { cancelPipelineRun, listPipelineRuns } from "@/db/queries/pipeline";

/**
 * Queues a run of one stamp, all six steps or those from `fromStep` on the files that are there. Whichever process
 * executes takes it up; watch it with `watchPipelineRun`.
 * @throws AppError BAD_INPUT, MART_UNKNOWN, PIPELINE_STEP_MISSING; PIPELINE_ACTIVE with the first run's id as `details.runId`
 */
export async function startPipelineRun(
  viewer: Viewer,
  wanted: AskedParameters & { fromStep?: StepName },
): Promise<PipelineRun> {
  const { mart, stamp, fromStep = "extract", ...asked } = wanted;
  const knownUntil = (await pipelineMart(mart)).knownUntil?.();
  // Told now and not when the run begins; what is found is found again then, when it may be another previous stamp.
  const parameters = await resolveParameters(
    openObjectStore(),
    { mart, stamp, ...asked },
    { step: fromStep, knownUntil },
  );
  await requireEarlierSteps(openObjectStore(), parameters, fromStep);
  return first(await createPipelineRuns(viewer, [{ mart, stamp, fromStep, asked }]));
}

/**
 * Queues a new run of a run's stamp with the same parameters from a step on; the files of the steps before are reused.
 * @throws AppError NOT_FOUND, BAD_INPUT, PIPELINE_ACTIVE
 */
export async function rerunPipelineFrom(viewer: Viewer, id: string, step: StepName): Promise<PipelineRun> {
  const run = await getPipelineRun(viewer, id);
  const steps = await listPipelineSteps(viewer, id);
  const earlier = stepNames.slice(0, stepNames.indexOf(step));
  const missing = earlier.find((name) => {
    const status = steps.find((candidate) => candidate.step === name)?.status;
    return status !== "succeeded" && status !== "reused";
  });
  if (missing) {
    throw new AppError("BAD_INPUT", `${missing} did not succeed in that run. Rerun it from ${missing}.`);
  }
  const { mart, stamp } = run;
  const { start, end, previous } = run.parameters ?? run.asked;
  const asked = run.parameters ? { start, end, previous } : run.asked;
  return first(await createPipelineRuns(viewer, [{ mart, stamp, fromStep: step, asked }]));
}

/**
 * Queues every stamp from one to the other, in order, each on the one before.
 * @throws AppError BAD_INPUT, MART_UNKNOWN, PIPELINE_ACTIVE
 */
export async function backfillPipeline(
  viewer: Viewer,
  { mart, from, to }: { mart: string; from: string; to: string },
): Promise<PipelineRun[]> {
  const knownUntil = (await pipelineMart(mart)).knownUntil?.();
  const stamps = stampsBetween(from, to);
  requirePast({ stamp: to }, { knownUntil });
  return createPipelineRuns(
    viewer,
    stamps.map((stamp, at) => {
      const previous = stamps[at - 1];
      return { mart, stamp, asked: previous ? { previous } : {}, trigger: "backfill" as const };
    }),
  );
}

function first(runs: PipelineRun[]): PipelineRun {
  const [run] = runs;
  if (!run) throw new AppError("INTERNAL");
  return run;
}
