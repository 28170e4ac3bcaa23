import { notFound } from "next/navigation";
import { z } from "zod";
import type { listPipelineRuns, PipelineSnapshot } from "@/agents/pipeline";
import type { ListedRun, RunNews, RunProblem } from "@/components/pipeline/types";
import { toAppError } from "@/lib/errors";

/** A snapshot of a run as the browser gets it: no hashes, no details that nothing shows. */
export function newsOf({ run, steps, logs }: PipelineSnapshot): RunNews {
  const { id, mart, stamp, status, trigger, fromStep, parameters } = run;
  const culprit = steps.find(({ errorCode }) => errorCode !== null && errorCode === run.errorCode);
  return {
    run: {
      ...{ id, mart, stamp, status, trigger, fromStep },
      createdAt: run.createdAt.getTime(),
      startedAt: run.startedAt?.getTime() ?? null,
      finishedAt: run.finishedAt?.getTime() ?? null,
      isStopping: run.cancelRequested && status === "running",
      error: errorOf({ ...run, errorDetails: culprit?.errorDetails ?? null }),
      parameters: parameters && {
        ...{ start: parameters.start, end: parameters.end, previous: parameters.previous },
      },
      steps: steps.map(({ step, status, attempts, progress, report, ...rest }) => ({
        ...{ step, status, attempts, progress },
        facts: report?.facts ?? [],
        files: report?.files.map(({ name, rows, bytes }) => ({ name, rows, bytes })) ?? [],
        quarantine: report?.quarantine ?? [],
        error: errorOf(rest),
        startedAt: rest.startedAt?.getTime() ?? null,
        finishedAt: rest.finishedAt?.getTime() ?? null,
      })),
    },
    lines: logs.map(({ sequence, step, text, at }) => ({ sequence, step, text, at: at.getTime() })),
  };
}

export function listedRun(run: Awaited<ReturnType<typeof listPipelineRuns>>[number]): ListedRun {
  const { id, mart, stamp, status, trigger, fromStep, startedByName } = run;
  return {
    ...{ id, mart, stamp, status, trigger, fromStep, startedBy: startedByName },
    createdAt: run.createdAt.getTime(),
    startedAt: run.startedAt?.getTime() ?? null,
    finishedAt: run.finishedAt?.getTime() ?? null,
  };
}

/** For pages: a run that does not exist is a page that is not there. */
export async function orNotFound<T>(work: Promise<T>): Promise<T> {
  return work.catch((thrown: unknown) => {
    if (toAppError(thrown).code === "NOT_FOUND") notFound();
    throw thrown;
  });
}

const failedSchema = z.object({
  failed: z.array(z.object({ text: z.string().nullable().catch(null) })),
  count: z.number(),
});

const mostFailed = 8;

function errorOf(of: {
  errorCode: string | null;
  errorMessage: string | null;
  errorDetails: Record<string, unknown> | null;
}): RunProblem | null {
  if (!of.errorCode) return null;
  const message = of.errorMessage || "It failed.";
  const details = of.errorCode === "GATE_HALTED" ? failedSchema.safeParse(of.errorDetails).data : undefined;
  if (!details) return { code: of.errorCode, message, failed: null };
  const shown = details.failed.flatMap(({ text }) => text ?? []).slice(0, mostFailed);
  // The sentence that every halt begins with; the checks stand below it, each by itself.
  return { code: of.errorCode, message: haltedSentence, failed: { all: details.count, shown } };
}

const haltedSentence = "A quality gate failed, so nothing was published.";
