import { and, asc, eq, inArray, sql } from "drizzle-orm";
import type { StepName, StepParameters, StepReport } from "@/lib/pipeline/steps";
import { database } from "../client";
import { storable, toJson } from "../columns";
import {
  type PipelineLog,
  type PipelineRun,
  type PipelineStep,
  pipelineLogs,
  pipelineRuns,
  pipelineSteps,
} from "../schema";
import { found } from "./ownership";
import { channel } from "./pipeline";

/* What the one process that executes pipelines reads and writes, for every viewer. Never for a request. */

/** Runs that are queued or at work, in the order of their queueing. */
export async function listActivePipelineRuns(): Promise<PipelineRun[]> {
  return database()
    .select()
    .from(pipelineRuns)
    .where(inArray(pipelineRuns.status, ["queued", "running"]))
    .orderBy(asc(pipelineRuns.createdAt), asc(pipelineRuns.stamp));
}

export async function findPipelineRun(id: string): Promise<PipelineRun | null> {
  const [row] = await database().select().from(pipelineRuns).where(eq(pipelineRuns.id, id));
  return row ?? null;
}

export async function listStepsOfPipelineRun(runId: string): Promise<PipelineStep[]> {
  return database().select().from(pipelineSteps).where(eq(pipelineSteps.runId, runId));
}

export async function listAllPipelineLogs(runId: string): Promise<PipelineLog[]> {
  return database()
    .select()
    .from(pipelineLogs)
    .where(eq(pipelineLogs.runId, runId))
    .orderBy(asc(pipelineLogs.sequence));
}

/** Of the steps before the run's first, what earlier runs left. Also says that the run is at work. */
export async function beginPipelineRun(
  id: string,
  parameters: StepParameters,
  reused: StepReport[],
): Promise<PipelineRun> {
  return database().transaction(async (tx) => {
    for (const report of reused) {
      await tx
        .update(pipelineSteps)
        .set({ status: "reused", report })
        .where(and(eq(pipelineSteps.runId, id), eq(pipelineSteps.step, report.step)));
    }
    const [run] = await tx
      .update(pipelineRuns)
      .set({ status: "running", parameters, startedAt: sql`coalesce(${pipelineRuns.startedAt}, now())` })
      .where(and(eq(pipelineRuns.id, id), inArray(pipelineRuns.status, ["queued", "running"])))
      .returning();
    return found(run);
  });
}

/** Begins a try of a step. @returns how many tries there were, this one included */
export async function beginPipelineStep(runId: string, step: StepName): Promise<number> {
  const [row] = await database()
    .update(pipelineSteps)
    .set({
      status: "running",
      attempts: sql`${pipelineSteps.attempts} + 1`,
      startedAt: sql`coalesce(${pipelineSteps.startedAt}, now())`,
      finishedAt: null,
      progress: null,
    })
    .where(and(eq(pipelineSteps.runId, runId), eq(pipelineSteps.step, step)))
    .returning();
  return found(row).attempts;
}

export async function setPipelineStep(
  runId: string,
  step: StepName,
  change: Partial<
    Pick<PipelineStep, "status" | "progress" | "report" | "errorCode" | "errorMessage" | "errorDetails">
  >,
): Promise<void> {
  const isOver = change.status !== undefined && change.status !== "running";
  const { errorMessage } = change;
  await database()
    .update(pipelineSteps)
    .set({
      ...change,
      // It may name what was found in the data.
      ...(errorMessage ? { errorMessage: storable(errorMessage) } : {}),
      ...(isOver ? { finishedAt: sql`now()` } : {}),
    })
    .where(and(eq(pipelineSteps.runId, runId), eq(pipelineSteps.step, step)));
  await database().execute(sql`select pg_notify(${channel}, ${runId})`);
}

/** Has somebody asked the run to stop, or is it over already? */
export async function isPipelineStopping(runId: string): Promise<boolean> {
  const run = await findPipelineRun(runId);
  return run === null || run.cancelRequested || run.status !== "running";
}

/** Ends the run; its first end stands. Steps that were not done stay `pending`. */
export async function endPipelineRun(
  id: string,
  status: PipelineRun["status"],
  error: { code: string; message: string } | null = null,
): Promise<PipelineRun> {
  await database()
    .update(pipelineRuns)
    .set({
      status,
      errorCode: error?.code ?? null,
      errorMessage: error ? storable(error.message) : null,
      finishedAt: sql`now()`,
    })
    .where(and(eq(pipelineRuns.id, id), inArray(pipelineRuns.status, ["queued", "running"])));
  await database().execute(sql`select pg_notify(${channel}, ${id})`);
  return found((await findPipelineRun(id)) ?? undefined);
}

export interface LogLine {
  step: StepName | null;
  text: string;
  /** ISO 8601 */
  at: string;
}

/** Appends to the run's log. Numbers begin at 1 and have no gaps: they are given under the run's row lock. */
export async function appendPipelineLogs(runId: string, lines: LogLine[]): Promise<void> {
  if (lines.length === 0) return;
  await database().execute(sql`
    with counted as (
      update pipeline_runs set last_sequence = last_sequence + ${lines.length} where id = ${runId}
      returning last_sequence
    ), stored as (
      insert into pipeline_logs (run_id, sequence, step, text, at)
      select ${runId}, last_sequence - ${lines.length} + position, line->>'step', line->>'text',
             (line->>'at')::timestamptz
      from counted, jsonb_array_elements(${toJson(lines)}::jsonb) with ordinality as given(line, position)
    )
    select pg_notify(${channel}, ${runId}) from counted`);
}
