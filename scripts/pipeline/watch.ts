import { type PipelineSnapshot, watchPipelineRun } from "@/agents/pipeline";
import type { PipelineRun, PipelineStep } from "@/db/schema";
import type { Viewer } from "@/lib/auth";
import { stepNames } from "@/lib/pipeline/steps";
import { describeReport, failedChecks } from "./report";

const isTerminal = process.stderr.isTTY === true;

/** Shows runs, one after the other, until all are over. Returns the exit code of the first that did not succeed, else 0. */
export async function watchAll(viewer: Viewer, ids: string[], signal: AbortSignal): Promise<number> {
  const codes: number[] = [];
  // Also after one that failed: each has to be ended by whoever executes, and that may be this process.
  for (const id of ids) codes.push(await watch(viewer, id, signal));
  return codes.find((code) => code !== 0) ?? 0;
}

/** Shows a run until it is over: log lines as they come, a bar, each step's facts. Returns the exit code. */
export async function watch(viewer: Viewer, id: string, signal: AbortSignal): Promise<number> {
  const told = new Map<string, string>();
  let last: PipelineSnapshot | null = null;
  for await (const snapshot of watchPipelineRun(viewer, id, { signal })) {
    if (!last) console.log(`${snapshot.run.mart} ${snapshot.run.stamp}, run ${id}`);
    last = snapshot;
    bar("");
    for (const { step, text } of snapshot.logs) console.log(`${step ?? "run"}: ${text}`);
    for (const step of snapshot.steps) {
      if (told.get(step.step) === step.status || step.status === "pending") continue;
      told.set(step.step, step.status);
      for (const line of describeStep(step)) console.log(line);
    }
    bar(progressOf(snapshot));
  }
  bar("");
  if (!last || signal.aborted) return 1;
  console.log(ending(last.run));
  return exitCodeOf(last.run);
}

/** A step's state and, when it has one, its report. */
export function describeStep(step: PipelineStep): string[] {
  const place = `${stepNames.indexOf(step.step) + 1}/${stepNames.length}`;
  const took =
    step.startedAt && step.finishedAt
      ? ` in ${((step.finishedAt.getTime() - step.startedAt.getTime()) / 1000).toFixed(1)} s`
      : "";
  const tries = step.attempts > 1 ? `, try ${step.attempts}` : "";
  const lines = [`[${place}] ${step.step}: ${step.status}${took}${tries}`];
  if (step.status === "succeeded" && step.report) lines.push(...describeReport(step.report));
  if (step.status === "failed" || step.status === "halted") {
    lines.push(`  ${step.errorMessage ?? ""}`, ...failedChecks(step.errorDetails));
  }
  return lines;
}

export function ending({ mart, stamp, status, errorMessage }: PipelineRun): string {
  if (status === "succeeded") return `${mart} ${stamp} is published.`;
  const why = errorMessage ? ` ${errorMessage}` : "";
  return `${mart} ${stamp}: ${status}.${why}`;
}

/** 0 succeeded, 1 failed, 3 halted at a gate, 4 cancelled. */
function exitCodeOf({ status }: Pick<PipelineRun, "status">): number {
  return status === "succeeded" ? 0 : status === "halted" ? 3 : status === "cancelled" ? 4 : 1;
}

function progressOf({ run, steps }: PipelineSnapshot): string {
  if (run.status === "queued") return "queued";
  const { step, progress } = steps.find(({ status }) => status === "running") ?? {};
  return step && progress ? `${step} ${progress.done}/${progress.total} ${progress.label}` : "";
}

/** On a terminal the last line changes; elsewhere progress would be noise. */
function bar(text: string): void {
  if (isTerminal) process.stderr.write(`\r\x1b[2K${text.slice(0, (process.stderr.columns ?? 80) - 1)}`);
}
