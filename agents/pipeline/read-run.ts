import {
  getPipelineRun,
  listPipelineLogs,
  listPipelineSteps,
  subscribePipelines,
} from "@/db/queries/pipeline";
import type { PipelineLog, PipelineRun, PipelineStep } from "@/db/schema";
import type { Viewer } from "@/lib/auth";

export interface PipelineSnapshot {
  run: PipelineRun;
  /** The six, in order. */
  steps: PipelineStep[];
  /** Lines after the number asked for, at most 1,000: ask again after the last one's. */
  logs: PipelineLog[];
}

/** @throws AppError NOT_FOUND */
export async function readPipelineRun(
  viewer: Viewer,
  id: string,
  { logsAfter = 0 }: { logsAfter?: number } = {},
): Promise<PipelineSnapshot> {
  // The run first: what is stored before its end is then among what is read.
  const run = await getPipelineRun(viewer, id);
  const [steps, logs] = await Promise.all([
    listPipelineSteps(viewer, id),
    listPipelineLogs(viewer, id, logsAfter),
  ]);
  return { run, steps, logs };
}

/**
 * The run as it is now, and again whenever it has changed, with the log lines since the last time; ends with the run. Any
 * number of watchers, in any process; one that goes away changes nothing.
 * @throws AppError NOT_FOUND
 */
export async function* watchPipelineRun(
  viewer: Viewer,
  id: string,
  { logsAfter = 0, signal }: { logsAfter?: number; signal: AbortSignal },
): AsyncGenerator<PipelineSnapshot> {
  let last = logsAfter;
  let seen = "";
  let wake = () => {};
  const unsubscribe = subscribePipelines((runId) => (runId === id || runId === "") && wake());
  // A notification can be lost; and of many at once one look is enough.
  const timer = setInterval(() => wake(), 1_000);
  signal.addEventListener("abort", () => wake(), { once: true });
  try {
    while (!signal.aborted) {
      const news = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const snapshot = await readPipelineRun(viewer, id, { logsAfter: last });
      const now = JSON.stringify([snapshot.run, snapshot.steps]);
      if (now !== seen || snapshot.logs.length > 0) yield snapshot;
      seen = now;
      const isMore = snapshot.logs.length > 0;
      last = snapshot.logs.at(-1)?.sequence ?? last;
      if (isMore) continue;
      if (!["queued", "running"].includes(snapshot.run.status)) return;
      if (!signal.aborted) await news;
    }
  } finally {
    clearInterval(timer);
    unsubscribe();
  }
}
