import Link from "next/link";
import { listPipelineRuns } from "@/agents/pipeline";
import { KeepFresh } from "@/components/pipeline/keep-fresh";
import { isActive } from "@/components/pipeline/times";
import { listPipelineSteps } from "@/db/queries/pipeline";
import type { Viewer } from "@/lib/auth";
import type { StepName } from "@/lib/pipeline/steps";
import { hasEnded, type RunSteps, stepOf } from "./read-run-steps";

/**
 * In the place of what a step of this run would have left: why it is not there, and which later run took its place. While the
 * run goes on, it is looked for again.
 */
export async function NothingLeft({ viewer, of, step }: { viewer: Viewer; of: RunSteps; step: StepName }) {
  const later = hasEnded(of, step) ? await laterRun(viewer, of, step) : null;
  return (
    <p className="text-dim">
      {sayNothingLeft(of, step, later !== null)}{" "}
      {later && (
        <Link href={`/pipeline/${later}`} className="text-accent underline">
          Go to that run
        </Link>
      )}
      <KeepFresh while={isActive(of.run.status)} />
    </p>
  );
}

/** Exported for its test. */
export function sayNothingLeft(of: RunSteps, step: StepName, isReplaced: boolean): string {
  const { stamp, status } = of.run;
  if (isReplaced) return `A later run of ${stamp} began ${step} anew, and what this run left is gone.`;
  if (hasEnded(of, step)) {
    return `What ${step} left in this run is there no longer: it was run anew since, or the files were cleared away.`;
  }
  const at = stepOf(of, step).status;
  if (at === "running") return `This run is at ${step}. What it finds is shown here once ${step} is over.`;
  if (at !== "pending") return `In this run ${step} ${said(at)}, so there is nothing to see here.`;
  if (isActive(status)) return `This run has not come to ${step} yet, so there is nothing to see here.`;
  return `This run ${said(status)} before it came to ${step}, so there is nothing to see here.`;
}

/** Where the step that left something was not this run's own. */
export function TakenOver({ of, step }: { of: RunSteps; step: StepName }) {
  if (stepOf(of, step).status !== "reused") return null;
  return (
    <p className="rounded-lg bg-sunken px-3.5 py-2 text-[0.8125rem]">
      This run began at {of.run.fromStep} and did not run {step} itself. What you see is what an earlier run
      of {of.run.stamp} left, which this one builds on.
    </p>
  );
}

function said(status: string): string {
  if (status === "cancelled") return "was cancelled";
  return status === "succeeded" ? "ended" : status;
}

/** Of one stamp one run is under way at a time: whichever was asked for later and began the step has replaced its files. */
async function laterRun(viewer: Viewer, { run }: RunSteps, step: StepName): Promise<string | null> {
  const { mart, stamp } = run;
  for (const { id, createdAt } of await listPipelineRuns(viewer, { mart, stamp })) {
    if (createdAt <= run.createdAt || id === run.id) break;
    const steps = await listPipelineSteps(viewer, id);
    if (steps.some((one) => one.step === step && one.startedAt !== null)) return id;
  }
  return null;
}
