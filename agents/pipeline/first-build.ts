import { pipelineMart, pipelineMarts } from "@/db/marts/pipelines";
import type { Viewer } from "@/lib/auth";
import { AppError, toAppError } from "@/lib/errors";
import { openMart } from "@/lib/mart";
import type { PipelineMart } from "@/lib/pipeline/mart";
import { stampAt } from "@/lib/pipeline/parameters";
import { stepNames } from "@/lib/pipeline/steps";
import { startExecutor } from "./executor";
import { watchPipelineRun } from "./read-run";
import { startPipelineRun } from "./start-run";

/** The stamp that a mart begins with: of the simulated sources the demo's, else the newest that can be built. */
export function firstStamp({ knownUntil }: Pick<PipelineMart, "knownUntil">, now = new Date()): string {
  return knownUntil?.() ? "v2026.11" : stampAt(now);
}

/**
 * Builds the mart's first stamp by the pipeline where nothing readable is published; returns whether it did. In several processes at
 * once, one run does it for all; a run that was broken off goes on from the step that it was at.
 * @throws AppError what the run ended with
 */
export async function ensureFirstStamp(
  viewer: Viewer,
  mart: string,
  options: { onProgress?: (label: string) => void; signal?: AbortSignal } = {},
): Promise<boolean> {
  if (!Object.hasOwn(pipelineMarts, mart) || (await canBeRead(mart))) return false;
  const stamp = firstStamp(await pipelineMart(mart));
  const id = await startPipelineRun(viewer, { mart, stamp }).then(
    (run) => run.id,
    (thrown) => {
      const { code, details } = toAppError(thrown);
      if (code === "PIPELINE_ACTIVE" && typeof details.runId === "string") return details.runId;
      throw thrown;
    },
  );
  const executor = startExecutor();
  const signal = options.signal ?? new AbortController().signal;
  try {
    for await (const { run, steps } of watchPipelineRun(viewer, id, { signal })) {
      const running = steps.find(({ status }) => status === "running");
      if (running) options.onProgress?.(labelOf(running));
      if (run.status === "queued" || run.status === "running" || run.status === "succeeded") continue;
      const why = run.errorMessage ?? `The run ${run.status}.`;
      throw new AppError(
        "INTERNAL",
        `The mart could not be built. ${why} npm run pipeline -- status --run ${id}`,
      );
    }
    signal.throwIfAborted();
    return true;
  } finally {
    await executor.stop();
  }
}

type Running = {
  step: (typeof stepNames)[number];
  progress: { label: string; done: number; total: number } | null;
};

function labelOf({ step, progress }: Running): string {
  const place = `${stepNames.indexOf(step) + 1}/${stepNames.length} ${step}`;
  return progress ? `${place}: ${progress.label} (${progress.done} of ${progress.total})` : place;
}

async function canBeRead(mart: string): Promise<boolean> {
  try {
    await openMart(mart);
    return true;
  } catch (thrown) {
    if (["MART_UNKNOWN", "MART_DAMAGED"].includes(toAppError(thrown).code)) return false;
    throw thrown;
  }
}
