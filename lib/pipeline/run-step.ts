import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { config } from "@/lib/config";
import { isGone } from "@/lib/mart/lock";
import type { ObjectStore } from "@/lib/objects";
import { claimStep } from "./claim-step";
import type { PipelineMart, Step } from "./mart";
import { type StepContext, stepFiles } from "./step-context";
import { requireEarlierSteps } from "./step-report";
import { type StepName, type StepParameters, type StepReport, stepKey } from "./steps";

/**
 * Runs one step and stores its report last. What an earlier run of the step left is removed first, so that files of two
 * runs never mix; the scratch folder is removed whatever happens.
 * @throws AppError PIPELINE_STEP_MISSING where an earlier step was not run, or not for this one; PIPELINE_ACTIVE where
 * another process began the step meanwhile; what the step throws
 */
export async function runStep(work: {
  step: StepName;
  parameters: StepParameters;
  mart: PipelineMart;
  store: ObjectStore;
  run: Step;
  onLog: StepContext["log"];
  onProgress: StepContext["progress"];
  signal: AbortSignal;
  dataDir?: string;
}): Promise<StepReport> {
  const { step, parameters, mart, store, run, onLog, onProgress, signal } = work;
  const after = await requireEarlierSteps(store, parameters, step);
  const scratch = await makeScratch(path.join(work.dataDir ?? config().dataDir, "pipeline"), step);
  try {
    const overtaken = await claimStep(store, parameters, step);
    const giveWay = async () => {
      const error = await overtaken();
      if (error) throw error;
    };
    const files = stepFiles(store, parameters, step, scratch, giveWay);
    const context = { parameters, files, scratch, log: onLog, progress: onProgress, signal };
    const done = await run(context, mart).catch(async (thrown: unknown) => {
      // What failed may be only that the other process took its files away.
      throw (await overtaken().catch(() => null)) ?? thrown;
    });
    signal.throwIfAborted();
    const report: StepReport = { step, parameters, after, files: files.written, ...done };
    const local = path.join(scratch, "step.json");
    await writeFile(local, `${JSON.stringify(report, null, 2)}\n`);
    await giveWay();
    await store.putFile(stepKey(parameters, step, "step.json"), local);
    await giveWay();
    return report;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** On the disk of the object store's folder, where files are shared instead of copied. */
async function makeScratch(root: string, step: StepName): Promise<string> {
  await mkdir(root, { recursive: true });
  const here = os.hostname();
  for (const name of await readdir(root)) {
    // Left by a process of this machine that was killed.
    const [, pid, host] = /^\w+-(\d+)-(.+)-\w{6}$/.exec(name) ?? [];
    if (host === here && isGone(Number(pid)))
      await rm(path.join(root, name), { recursive: true, force: true });
  }
  return mkdtemp(path.join(root, `${step}-${process.pid}-${here}-`));
}
