import { createHash } from "node:crypto";
import { toAppError } from "@/lib/errors";
import { openObjectStore } from "@/lib/objects";
import { type StepName, stepKey } from "@/lib/pipeline/steps";
import { hashOf, type RunSteps } from "./read-run-steps";

/**
 * A JSON file that a step of this very run left. A stamp's files lie in one place, whichever run wrote them: null where the
 * run's step left none, and where another run's file is there now.
 */
export async function readArtifact<T>(of: RunSteps, step: StepName, file: string): Promise<T | null> {
  const hash = hashOf(of, step, file);
  if (hash === null) return null;
  try {
    const body = await openObjectStore().get(stepKey(of.run, step, file));
    if (createHash("sha256").update(body).digest("hex") !== hash) return null;
    return JSON.parse(Buffer.from(body).toString()) as T;
  } catch (thrown) {
    if (toAppError(thrown).code === "NOT_FOUND") return null;
    throw thrown;
  }
}
