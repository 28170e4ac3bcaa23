import { and, asc, desc, eq, gt, inArray, sql } from "drizzle-orm";
import type { Viewer } from "@/lib/auth";
import { AppError } from "@/lib/errors";
import { stepNames } from "@/lib/pipeline/steps";
import { type Database, database, type Transaction } from "../client";
import { listen } from "../listen";
import {
  type PipelineLog,
  type PipelineRun,
  type PipelineStep,
  pipelineLogs,
  pipelineRuns,
  pipelineSteps,
  viewers,
} from "../schema";
import { found } from "./ownership";

/*
 * A mart is everyone's, so any viewer may see and run its pipeline; whether from a browser, `app/pipeline/operator.ts` says.
 * Every query takes the viewer all the same: who may is said in `requirePipelineViewer` alone.
 */

/** Runs of a mart, each asked for by a person, that may be queued or under way at a time; those of a backfill are not counted. */
const mostAtOnce = 12;

/** One caller at a time looks at how many there are and queues more. */
const queueLock = 6_310_442;

export type NewPipelineRun = Pick<PipelineRun, "mart" | "stamp" | "asked"> &
  Partial<Pick<PipelineRun, "fromStep" | "trigger">>;

/**
 * Queues runs that are done in this order, each only when the one before it succeeded.
 * A stamp that is at work already is refused, or joined: its run takes the place of a new one.
 * @throws AppError PIPELINE_ACTIVE, with `details.runId` of the run that is at work on the same stamp; PIPELINE_FULL
 */
export async function createPipelineRuns(
  viewer: Viewer,
  wanted: NewPipelineRun[],
  { ifActive = "refuse" }: { ifActive?: "refuse" | "join" } = {},
): Promise<PipelineRun[]> {
  requirePipelineViewer(viewer);
  return database().transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${queueLock})`);
    await tx
      .insert(viewers)
      .values(viewer)
      .onConflictDoUpdate({ target: viewers.id, set: { name: viewer.name } });
    const created: PipelineRun[] = [];
    for (const run of wanted) {
      const [row] = await tx
        .insert(pipelineRuns)
        .values({ ...run, startedBy: viewer.id, afterRunId: created.at(-1)?.id ?? null })
        .onConflictDoNothing()
        .returning();
      if (!row) {
        const active = await findActive(tx, run);
        if (ifActive === "refuse" || !active) throw alreadyActive(run, active);
        created.push(active);
        continue;
      }
      await tx.insert(pipelineSteps).values(stepNames.map((step) => ({ runId: row.id, step })));
      created.push(row);
    }
    const asked = created.filter(({ trigger }) => trigger === "person");
    for (const mart of new Set(asked.map((run) => run.mart))) await requireRoom(tx, mart);
    await tx.execute(sql`select pg_notify(${channel}, '')`);
    return created;
  });
}

/** @throws AppError NOT_FOUND */
export async function getPipelineRun(viewer: Viewer, id: string): Promise<PipelineRun> {
  requirePipelineViewer(viewer);
  const [row] = await database().select().from(pipelineRuns).where(eq(pipelineRuns.id, id));
  return found(row);
}

/** Newest first. Of runs that were queued together the later stamp comes first. */
export async function listPipelineRuns(
  viewer: Viewer,
  { mart, stamp, limit = 50 }: { mart?: string; stamp?: string; limit?: number } = {},
): Promise<(PipelineRun & { startedByName: string | null })[]> {
  requirePipelineViewer(viewer);
  const rows = await database()
    .select({ run: pipelineRuns, name: viewers.name })
    .from(pipelineRuns)
    .leftJoin(viewers, eq(viewers.id, pipelineRuns.startedBy))
    .where(
      and(mart ? eq(pipelineRuns.mart, mart) : undefined, stamp ? eq(pipelineRuns.stamp, stamp) : undefined),
    )
    .orderBy(desc(pipelineRuns.createdAt), desc(pipelineRuns.stamp))
    .limit(limit);
  return rows.map(({ run, name }) => ({ ...run, startedByName: name }));
}

/** The six steps of a run, in order. */
export async function listPipelineSteps(viewer: Viewer, runId: string): Promise<PipelineStep[]> {
  requirePipelineViewer(viewer);
  const rows = await database().select().from(pipelineSteps).where(eq(pipelineSteps.runId, runId));
  return rows.sort((a, b) => stepNames.indexOf(a.step) - stepNames.indexOf(b.step));
}

/** Log lines after a number, in order, at most `limit`. */
export async function listPipelineLogs(
  viewer: Viewer,
  runId: string,
  after = 0,
  limit = 1000,
): Promise<PipelineLog[]> {
  requirePipelineViewer(viewer);
  return database()
    .select()
    .from(pipelineLogs)
    .where(and(eq(pipelineLogs.runId, runId), gt(pipelineLogs.sequence, after)))
    .orderBy(asc(pipelineLogs.sequence))
    .limit(limit);
}

/** Asks the run to stop; one that was not begun is over at once. A run that is over stays as it is. */
export async function cancelPipelineRun(viewer: Viewer, id: string): Promise<PipelineRun> {
  requirePipelineViewer(viewer);
  await database()
    .update(pipelineRuns)
    .set({
      cancelRequested: true,
      status: sql`case when ${pipelineRuns.status} = 'queued' then 'cancelled' else ${pipelineRuns.status} end`,
      finishedAt: sql`case when ${pipelineRuns.status} = 'queued' then now() end`,
    })
    .where(and(eq(pipelineRuns.id, id), inArray(pipelineRuns.status, ["queued", "running"])));
  await database().execute(sql`select pg_notify(${channel}, ${id})`);
  return getPipelineRun(viewer, id);
}

/** Calls `onNews` with the id of a run that was changed, or with an empty text when runs were queued. May miss some. */
export function subscribePipelines(onNews: (runId: string) => void): () => void {
  return listen(channel, onNews, () => onNews(""));
}

export const channel = "pipeline_runs";

/** @throws AppError NOT_SIGNED_IN */
export function requirePipelineViewer(viewer: Viewer): void {
  if (!viewer.id) throw new AppError("NOT_SIGNED_IN");
}

async function requireRoom(tx: Transaction, mart: string): Promise<void> {
  const asked = await tx.$count(
    pipelineRuns,
    and(
      eq(pipelineRuns.mart, mart),
      eq(pipelineRuns.trigger, "person"),
      inArray(pipelineRuns.status, ["queued", "running"]),
    ),
  );
  if (asked <= mostAtOnce) return;
  throw new AppError(
    "PIPELINE_FULL",
    `${mostAtOnce} runs of ${mart} are queued or under way already. Wait for one to end, or cancel one.`,
  );
}

async function findActive(
  tx: Database | Transaction,
  { mart, stamp }: NewPipelineRun,
): Promise<PipelineRun | undefined> {
  const [active] = await tx
    .select()
    .from(pipelineRuns)
    .where(
      and(
        eq(pipelineRuns.mart, mart),
        eq(pipelineRuns.stamp, stamp),
        inArray(pipelineRuns.status, ["queued", "running"]),
      ),
    );
  return active;
}

function alreadyActive({ mart, stamp }: NewPipelineRun, active: PipelineRun | undefined): AppError {
  return new AppError(
    "PIPELINE_ACTIVE",
    `${stamp} of ${mart} is being built already. Watch that run, or cancel it first.`,
    { details: { runId: active?.id, stamp } },
  );
}
