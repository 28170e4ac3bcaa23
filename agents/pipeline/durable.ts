import { DBOS } from "@dbos-inc/dbos-sdk";
import { databaseUrl, endPool, openPool } from "@/db/client";
import { log } from "@/lib/log";
import { processWide } from "@/lib/process-wide";

/** What is durable here, in our words: a workflow per pipeline run, its steps, a queue that does one at a time, a schedule. */
export interface DurableWork {
  run(runId: string): Promise<void>;
  /** Queues what a moment of the schedule asks for. What it throws ends the moment: it is not asked for again. */
  due(moment: Date): Promise<void>;
}

const names = { queue: "pipelines", workflow: "pipeline", due: "pipeline due", schedule: "next stamp" };

/** Registered once in a process, whatever the number of launches; the work is that of the latest launch. */
const held = processWide("durable work", () => ({
  work: null as DurableWork | null,
  registered: null as ReturnType<typeof register> | null,
  pool: null as ReturnType<typeof openPool> | null,
}));

/** Starts to execute: workflows that were cut off first, from the step they were in. One process at a time may do so. */
export async function launchDurable(work: DurableWork): Promise<void> {
  held.work = work;
  held.registered ??= register();
  held.pool ??= openPool({ max: 4 });
  DBOS.setConfig({
    name: "feature-mart",
    systemDatabaseUrl: databaseUrl(),
    systemDatabasePool: held.pool,
    systemDatabaseSchemaName: "dbos",
    useListenNotify: false,
    // Fixed: a run that an older version of the app began is gone on with after the update.
    applicationVersion: "1",
    executorID: "executor",
    logger,
  });
  await DBOS.launch();
  await DBOS.registerQueue(names.queue, { globalConcurrency: 1, minPollingIntervalMs: 300 });
}

/** Stops executing. Workflows under way stay as they are, to be gone on with by the next launch, here or elsewhere. */
export async function shutdownDurable(): Promise<void> {
  if (DBOS.isInitialized()) await DBOS.shutdown();
  held.work = null;
  const { pool } = held;
  held.pool = null;
  if (pool) await endPool(pool);
}

/** Queues the workflow of a run; a second time nothing happens. */
export async function enqueueRun(runId: string): Promise<void> {
  const workflow = registered().pipeline;
  await DBOS.startWorkflow(workflow, { workflowID: runId, queueName: names.queue })(runId);
}

export async function workflowState(runId: string): Promise<"unknown" | "active" | "over"> {
  const status = await DBOS.getWorkflowStatus(runId);
  if (!status) return "unknown";
  return ["PENDING", "ENQUEUED", "DELAYED"].includes(status.status) ? "active" : "over";
}

/**
 * A step of a workflow: once it has returned it is not run again. What it throws is tried again after `seconds`, then
 * three times that, up to `tries` times in all.
 */
export function durableStep<T>(
  name: string,
  work: (attempt: number) => Promise<T>,
  { tries = 3, seconds = 3 }: { tries?: number; seconds?: number } = {},
): Promise<T> {
  return DBOS.runStep(() => work(DBOS.stepStatus?.currentAttempt ?? 1), {
    name,
    retriesAllowed: true,
    maxAttempts: tries,
    intervalSeconds: seconds,
    backoffRate: 3,
  });
}

/**
 * Makes the schedule what the settings say, and catches up: moments that passed while nobody executed are worked off,
 * from the last one that was, or from when this schedule was first set.
 */
export async function applySchedule(cron: string | null, now = new Date()): Promise<void> {
  const existing = await DBOS.getSchedule(names.schedule);
  if (existing && existing.schedule !== cron) await DBOS.deleteSchedule(names.schedule);
  if (cron === null) return;
  if (existing?.schedule !== cron) {
    await DBOS.createSchedule({
      scheduleName: names.schedule,
      workflowFn: registered().due,
      schedule: cron,
      context: { since: now.toISOString() },
      options: { cronTimezone: "UTC" },
    });
    return;
  }
  const { since } = existing.context as { since: string };
  await DBOS.backfillSchedule(names.schedule, new Date(existing.lastFiredAt ?? since), now);
}

function register() {
  return {
    pipeline: DBOS.registerWorkflow((runId: string) => current().run(runId), { name: names.workflow }),
    due: DBOS.registerWorkflow(
      (moment: Date): Promise<void> => durableStep("due", () => current().due(moment), { tries: 1 }),
      { name: names.due },
    ),
  };
}

function registered() {
  if (!held.registered) throw new Error("not launched");
  return held.registered;
}

function current(): DurableWork {
  if (!held.work) throw new Error("not launched");
  return held.work;
}

/** Into our own log. What it tells as information is for those who look for a fault. */
const logger = {
  debug: (entry: unknown) => log.debug("durable", { said: String(entry) }),
  info: (entry: unknown) => log.debug("durable", { said: String(entry) }),
  warn: (entry: unknown) => {
    const said = String(entry);
    // We tell of failed tries ourselves, and leave runs to the next process on purpose.
    const isExpected = /^(Error in step being|Shutting down while)/.test(said);
    log[isExpected ? "debug" : "warn"]("durable", { said });
  },
  error: (entry: unknown, about?: { error?: unknown }) =>
    log.error("durable", { said: String(entry), error: about?.error }),
};
