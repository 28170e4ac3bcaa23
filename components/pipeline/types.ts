import type { PipelineRun, PipelineStep } from "@/db/schema";
import type { StepName, StepReport } from "@/lib/pipeline/steps";

export type RunStatus = PipelineRun["status"];
export type StepStatus = PipelineStep["status"];

/** A run in a list. Times are milliseconds since 1970. */
export interface ListedRun {
  id: string;
  mart: string;
  stamp: string;
  status: RunStatus;
  trigger: PipelineRun["trigger"];
  fromStep: StepName;
  startedBy: string | null;
  createdAt: number;
  startedAt: number | null;
  finishedAt: number | null;
}

/** A run as its page shows it. */
export interface RunView extends Omit<ListedRun, "startedBy"> {
  /** Cancelling was asked for and has not happened yet. */
  isStopping: boolean;
  error: RunProblem | null;
  parameters: { start: string; end: string; previous: string | null } | null;
  steps: StepView[];
}

export interface StepView {
  step: StepName;
  status: StepStatus;
  attempts: number;
  progress: { label: string; done: number; total: number } | null;
  facts: StepReport["facts"];
  files: { name: string; rows: number | null; bytes: number }[];
  quarantine: StepReport["quarantine"];
  error: RunProblem | null;
  startedAt: number | null;
  finishedAt: number | null;
}

export interface RunProblem {
  code: string;
  message: string;
  /** Of a gate that halted: the sentences of the worst checks, and how many failed in all. */
  failed: { all: number; shown: string[] } | null;
}

export interface LogLine {
  sequence: number;
  step: StepName | null;
  text: string;
  at: number;
}

/** What the run's stream tells: the run as it is now and the lines since the last time. */
export interface RunNews {
  run: RunView;
  lines: LogLine[];
}

/** Of an action that leads to a run; a refusal may name the run that stands in the way. */
export type RunActionResult = { ok: true; runId: string } | { ok: false; message: string; runId?: string };

export interface RunActions {
  cancel(runId: string): Promise<RunActionResult>;
  rerun(runId: string, step: string): Promise<RunActionResult>;
}
