import { toAppError } from "@/lib/errors";
import { openObjectStore } from "@/lib/objects";
import { type StepName, type StepParameters, stepKey } from "@/lib/pipeline/steps";

/** A JSON file that a step of this stamp left; null where there is none. */
export async function readArtifact<T>(
  of: Pick<StepParameters, "mart" | "stamp">,
  step: StepName,
  file: string,
): Promise<T | null> {
  try {
    const body = await openObjectStore().get(stepKey(of, step, file));
    return JSON.parse(Buffer.from(body).toString()) as T;
  } catch (thrown) {
    if (toAppError(thrown).code === "NOT_FOUND") return null;
    throw thrown;
  }
}
