import { mkdtemp, readdir } from "node:fs/promises";
import path from "node:path";
import { localLedger } from "@/lib/language-model";
import { folderStore } from "@/lib/objects";
import type { PipelineMart, Step } from "@/lib/pipeline/mart";
import { type StepContext, stepFiles } from "@/lib/pipeline/step-context";
import type { StepName, StepParameters } from "@/lib/pipeline/steps";
import { createAugment } from "@/lib/pipeline/steps/augment";
import { build } from "@/lib/pipeline/steps/build";
import { gate } from "@/lib/pipeline/steps/gate";
import { publish } from "@/lib/pipeline/steps/publish";

const augment = createAugment(localLedger(0));
const steps = { build, augment, gate, publish } satisfies Partial<Record<StepName, Step>>;

/** Runs the steps from build on, on the Parquet files of a folder, as if conform had written them. */
export async function setUpBuild(
  folder: string,
  mart: PipelineMart,
  conformed: string,
  { stamp = "v2026.11", previous = null }: { stamp?: string; previous?: string | null } = {},
) {
  const store = folderStore(path.join(folder, "store"));
  const parameters: StepParameters = {
    ...{ mart: mart.name, stamp, previous },
    ...{ start: "2000-01-01T00:00:00Z", end: "2026-11-01T00:00:00Z" },
  };
  const contextOf = async (step: StepName) => {
    const scratch = await mkdtemp(path.join(folder, "scratch-"));
    const logged: string[] = [];
    const told: string[] = [];
    const context: StepContext = {
      ...{ parameters, scratch, files: stepFiles(store, parameters, step, scratch) },
      log: (text) => logged.push(text),
      progress: (label, done, total) => told.push(`${label} ${done}/${total}`),
      signal: new AbortController().signal,
    };
    return { context, logged, told };
  };
  const conform = await contextOf("conform");
  for (const name of await readdir(conformed)) {
    await conform.context.files.write(name, path.join(conformed, name));
  }
  return {
    run: async (step: keyof typeof steps) => {
      const { context, ...heard } = await contextOf(step);
      const report = await steps[step](context, mart);
      return { ...heard, report, files: context.files };
    },
  };
}
