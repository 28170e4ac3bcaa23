import { z } from "zod";
import { getPipelineRun, listPipelineSteps } from "@/db/queries/pipeline";
import type { PipelineRun, PipelineStep } from "@/db/schema";
import type { Viewer } from "@/lib/auth";
import { AppError } from "@/lib/errors";
import type { StepName, StepReport } from "@/lib/pipeline/steps";

/** A run and its six steps: by them a page tells what this run left from what another run of the stamp did. */
export interface RunSteps {
  run: Pick<PipelineRun, "id" | "mart" | "stamp" | "status" | "fromStep" | "createdAt">;
  steps: Pick<PipelineStep, "step" | "status" | "report" | "errorDetails" | "startedAt">[];
}

/** @throws AppError NOT_FOUND */
export async function readRunSteps(viewer: Viewer, id: string): Promise<RunSteps> {
  const run = await getPipelineRun(viewer, id);
  return { run, steps: await listPipelineSteps(viewer, id) };
}

export function stepOf({ steps }: RunSteps, name: StepName): RunSteps["steps"][number] {
  const found = steps.find(({ step }) => step === name);
  if (!found) throw new AppError("INTERNAL");
  return found;
}

/** Did the step come to its end, in this run or in the one that this run goes on from? A gate that halted did. */
export function hasEnded(of: RunSteps, name: StepName): boolean {
  return ["succeeded", "halted", "reused"].includes(stepOf(of, name).status);
}

/** SHA-256 of a file as this run's step left it; null where it left none. */
export function hashOf(of: RunSteps, name: StepName, file: string): string | null {
  const { report, errorDetails } = stepOf(of, name);
  const files = report?.files ?? haltedSchema.safeParse(errorDetails).data?.files ?? [];
  return files.find((one) => one.name === file)?.sha256 ?? null;
}

/** A step that halted has no report; what it threw names its files. */
const haltedSchema = z.object({
  files: z.array(z.object({ name: z.string(), sha256: z.string() })),
}) satisfies z.ZodType<{ files: Pick<StepReport["files"][number], "name" | "sha256">[] }>;
