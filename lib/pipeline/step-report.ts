import { createHash } from "node:crypto";
import { AppError, toAppError } from "@/lib/errors";
import type { ObjectStore } from "@/lib/objects";
import { type StepName, type StepParameters, type StepReport, stepKey, stepNames } from "./steps";

/** What the step of this stamp left; null where it has not happened. */
export async function readStepReport(
  store: ObjectStore,
  of: Pick<StepParameters, "mart" | "stamp">,
  step: StepName,
): Promise<StepReport | null> {
  return (await readWithHash(store, of, step))?.report ?? null;
}

/**
 * Makes sure that every earlier step was run with these parameters, each on the result of the one before it.
 * @returns the hash of the step before, which the step's own report names; null for the first
 * @throws AppError PIPELINE_STEP_MISSING
 */
export async function requireEarlierSteps(
  store: ObjectStore,
  parameters: StepParameters,
  step: StepName,
): Promise<string | null> {
  let after: string | null = null;
  for (const earlier of stepNames.slice(0, stepNames.indexOf(step))) {
    const found = await readWithHash(store, parameters, earlier);
    if (!found) throw missing(parameters, step, earlier, "has not been run");
    const differing = parameterNames.find((name) => found.report.parameters[name] !== parameters[name]);
    if (differing) {
      const [was, is] = [found.report.parameters[differing], parameters[differing]];
      throw missing(parameters, step, earlier, `was run with ${differing} ${was}, not ${is}`);
    }
    if (found.report.after !== after) throw missing(parameters, step, earlier, "stands on an earlier result");
    after = found.hash;
  }
  return after;
}

/**
 * What a published stamp was run with. A stamp that was begun again since and has not got to its end still counts as
 * published, but what lies in its folders did not pass its gate: nothing may be built on that.
 * @throws AppError PIPELINE_STEP_MISSING that says what to run
 */
export async function requirePublished(
  store: ObjectStore,
  of: Pick<StepParameters, "mart" | "stamp">,
): Promise<StepParameters> {
  const published = await readStepReport(store, of, "publish");
  if (!published) throw notToBuildOn(of.stamp, "was not published");
  const after = await requireEarlierSteps(store, published.parameters, "publish").catch((thrown: unknown) => {
    if (toAppError(thrown).code === "PIPELINE_STEP_MISSING") return undefined;
    throw thrown;
  });
  if (published.after === after) return published.parameters;
  throw notToBuildOn(of.stamp, "was begun again since it was published and did not get to its end");
}

const parameterNames = ["mart", "stamp", "start", "end", "previous"] as const;

function missing(parameters: StepParameters, step: StepName, earlier: StepName, why: string): AppError {
  return new AppError(
    "PIPELINE_STEP_MISSING",
    `${step} of ${parameters.stamp} cannot be run: ${earlier} ${why}. Run again from ${earlier}.`,
    { details: { step, earlier } },
  );
}

function notToBuildOn(stamp: string, why: string): AppError {
  return new AppError(
    "PIPELINE_STEP_MISSING",
    `${stamp} ${why}, so no later stamp can be built on it. Run ${stamp} again first, or name another one with --previous.`,
    { details: { stamp } },
  );
}

async function readWithHash(
  store: ObjectStore,
  of: Pick<StepParameters, "mart" | "stamp">,
  step: StepName,
): Promise<{ report: StepReport; hash: string } | null> {
  const key = stepKey(of, step, "step.json");
  const body = await store.get(key).catch((thrown: unknown) => {
    if (toAppError(thrown).code === "NOT_FOUND") return null;
    throw thrown;
  });
  if (body === null) return null;
  const text = Buffer.from(body).toString();
  return { report: JSON.parse(text) as StepReport, hash: createHash("sha256").update(text).digest("hex") };
}
