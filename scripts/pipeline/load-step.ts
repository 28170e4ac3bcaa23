import { AppError } from "@/lib/errors";
import type { Step } from "@/lib/pipeline/mart";
import type { StepName } from "@/lib/pipeline/steps";

/** A step's own code: loaded alone, so that a step's process starts fast and small. */
export async function loadStep(step: StepName): Promise<Step> {
  const load = loaders[step];
  if (!load) throw new AppError("INTERNAL", `The step ${step} is not here yet.`);
  return load();
}

const loaders: Partial<Record<StepName, () => Promise<Step>>> = {
  gate: async () => (await import("@/lib/pipeline/steps/gate")).gate,
  publish: async () => (await import("@/lib/pipeline/steps/publish")).publish,
};
