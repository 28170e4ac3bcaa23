import { setTimeout as delay } from "node:timers/promises";
import { isLocked, tryLock } from "@/db/lock";
import { subscribePipelines } from "@/db/queries/pipeline";
import { endPipelineRun, listActivePipelineRuns } from "@/db/queries/pipeline-work";
import { config } from "@/lib/config";
import { log } from "@/lib/log";
import { queueDue } from "./due";
import { applySchedule, enqueueRun, launchDurable, shutdownDurable, workflowState } from "./durable";
import { type StepProgram, stepProgram } from "./step-process";
import { untilDone } from "./until-done";
import { alertOf, runPipeline, unlessAbandoned } from "./workflow";

/** Any number, as long as every process of ours locks the same. */
const executorLock = 5_203_118;

/** For the log and the alert of a run that has just ended. */
const patience = 20_000;

export interface Executor {
  /** Does this process execute the pipelines, or does another? */
  isLeading(): boolean;
  /** Ends what this process executes; another one, or its next start, goes on from there. */
  stop(): Promise<void>;
}

/** Does any process of this database execute pipelines just now? */
export function hasExecutor(): Promise<boolean> {
  return isLocked(executorLock);
}

/**
 * Executes queued pipeline runs as long as no other process of this database does, and takes over when that one ends.
 * Of any number of processes one executes: it holds a lock that is free when it dies.
 */
export function startExecutor(
  options: { program?: StepProgram; seconds?: number; cron?: string | null } = {},
): Executor {
  const stopping = new AbortController();
  let isLeading = false;
  const over = (async () => {
    while (!stopping.signal.aborted) {
      try {
        await lead({ ...options, stopping: stopping.signal, onLead: (leads) => (isLeading = leads) });
      } catch (error) {
        log.warn("pipeline executor failed", { error });
      }
      await delay(1_500, undefined, { signal: stopping.signal }).catch(() => {});
    }
  })();
  return {
    isLeading: () => isLeading,
    stop: async () => {
      stopping.abort();
      await over;
    },
  };
}

async function lead({
  stopping,
  onLead,
  program = stepProgram,
  seconds = 3,
  cron = config().pipelineCron,
}: {
  stopping: AbortSignal;
  onLead: (leads: boolean) => void;
  program?: StepProgram;
  seconds?: number;
  cron?: string | null;
}): Promise<void> {
  const lost = new AbortController();
  const release = await tryLock(executorLock, () => lost.abort());
  if (!release) return;
  const abandoned = AbortSignal.any([stopping, lost.signal]);
  const insisting = { signal: abandoned, seconds };
  const closing = new Set<Promise<unknown>>();
  const news = newsOf(abandoned);
  let unsubscribe = () => {};
  try {
    onLead(true);
    log.debug("pipeline executor begun");
    await launchDurable({
      run: (runId) => runPipeline(runId, { program, seconds, abandoned, closing }),
      due: (moment) => unlessAbandoned(abandoned, () => untilQueued(moment, insisting)),
    });
    // Meanwhile what is queued is executed.
    untilDone("Setting the schedule of pipelines", () => applySchedule(cron), insisting).catch(() => {});
    unsubscribe = subscribePipelines(news.hear);
    while (!abandoned.aborted) {
      await bringTogether();
      await news.next();
    }
  } finally {
    onLead(false);
    if (lost.signal.aborted) log.warn("pipeline executor lost its lock");
    unsubscribe();
    if (!lost.signal.aborted)
      await Promise.race([Promise.allSettled(closing), delay(patience, undefined, { ref: false })]);
    await shutdownDurable().catch((error: unknown) => log.warn("pipeline executor", { error }));
    await release();
  }
}

/** Of a month of the schedule nothing else would remind anybody before the next one. */
function untilQueued(moment: Date, insisting: { signal: AbortSignal; seconds: number }): Promise<void> {
  const what = `Queueing the stamps that the schedule asks for at ${moment.toISOString()}`;
  return untilDone(what, () => queueDue(moment), insisting);
}

/** Queues the workflows of runs that have none yet, and closes runs whose workflow ended without saying so. */
async function bringTogether(): Promise<void> {
  for (const run of await listActivePipelineRuns()) {
    const state = await workflowState(run.id);
    if (state === "unknown") await enqueueRun(run.id);
    if (state === "over") {
      const message =
        "The run was cut off by a fault of ours; the log has the details. Rerun it from its last step.";
      await endPipelineRun(run.id, run.cancelRequested ? "cancelled" : "failed", {
        code: "INTERNAL",
        message,
      });
      await alertOf(run.id);
    }
  }
}

/** Wakes at news, every second, and at the end. */
function newsOf(over: AbortSignal) {
  let wake = () => {};
  over.addEventListener("abort", () => wake(), { once: true });
  return {
    hear: (runId: string) => {
      // With an id it is a run's own news, which comes often; queued runs are told without.
      if (runId === "") wake();
    },
    next: () =>
      new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 1_000);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
        if (over.aborted) wake();
      }),
  };
}
