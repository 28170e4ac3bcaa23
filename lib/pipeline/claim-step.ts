import { randomUUID } from "node:crypto";
import os from "node:os";
import path from "node:path";
import { AppError, toAppError } from "@/lib/errors";
import type { ObjectStore } from "@/lib/objects";
import { type StepName, type StepParameters, stepKey } from "./steps";

/**
 * Removes what was left of the step, and says in its folder that this process does it now. Of two at once the one that
 * began last goes on: then nobody waits for a process that died, and one that was replaced gives way to its successor.
 * @returns what tells whether another process began the step since: the error PIPELINE_ACTIVE, or null
 */
export async function claimStep(
  store: ObjectStore,
  parameters: StepParameters,
  step: StepName,
): Promise<() => Promise<AppError | null>> {
  const key = stepKey(parameters, step, "begun.json");
  const own = JSON.stringify({ id: randomUUID(), host: os.hostname(), pid: process.pid });
  const overtaken = async () => {
    const found = await read(store, key);
    return found === own ? null : givesWay(parameters, step, found);
  };
  // In the folder, so that who removes our files removes our claim to them.
  await store.removeAll(path.posix.dirname(key));
  await store.putIfAbsent(key, own);
  const error = await overtaken();
  if (error) throw error;
  return overtaken;
}

async function read(store: ObjectStore, key: string): Promise<string | null> {
  return store.get(key).then(
    (body) => new TextDecoder().decode(body),
    (thrown) => {
      if (toAppError(thrown).code === "NOT_FOUND") return null;
      throw thrown;
    },
  );
}

function givesWay({ stamp }: StepParameters, step: StepName, claim: string | null): AppError {
  const { pid, host } = claim ? (JSON.parse(claim) as { pid: number; host: string }) : {};
  const other = claim ? `Process ${pid} of ${host}` : "Another process";
  return new AppError(
    "PIPELINE_ACTIVE",
    `${other} began ${step} of ${stamp} anew, so this one ended. Once that is over, run again from ${step} if need be.`,
  );
}
