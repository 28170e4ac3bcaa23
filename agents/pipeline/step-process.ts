import { spawn } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { environmentWith } from "@/lib/config";
import type { StepName, StepParameters, StepReport } from "@/lib/pipeline/steps";

/** What a step's process tells the one that started it, over the channel between them. */
export type StepEvent =
  | { type: "log"; text: string }
  | { type: "progress"; label: string; done: number; total: number }
  | { type: "report"; report: StepReport }
  | { type: "error"; code: string; message: string; details: Record<string, unknown> };

export type StepEnd = Extract<StepEvent, { type: "report" | "error" }>;

/** Arguments for Node of the program that runs one step. */
export type StepProgram = (step: StepName, parameters: StepParameters) => string[];

export const stepProgram: StepProgram = (step, { mart, stamp, start, end, previous }) => [
  ...["--import", "tsx", "scripts/pipeline.ts", "step", step, "--mart", mart, "--stamp", stamp],
  ...["--start", start, "--end", end, "--previous", previous ?? "none"],
];

const patience = 5_000;

/**
 * Runs a step as a process of its own, so that it can be killed, has its own memory, and takes nobody down. Aborted, it
 * is asked to end and after five seconds made to. Resolves when the process is gone.
 */
export async function runStepProcess(
  args: string[],
  { onEvent, signal }: { onEvent: (event: Exclude<StepEvent, StepEnd>) => void; signal: AbortSignal },
): Promise<StepEnd> {
  // By the channel it notices when we are killed, and ends too.
  const child = spawn(process.execPath, args, {
    cwd: process.cwd(),
    env: environmentWith({}),
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let end: StepEnd | null = null;
  child.on("message", (event: StepEvent) => {
    if (event.type === "report" || event.type === "error") end = event;
    else onEvent(event);
  });
  child.stderr?.on("data", (data: Buffer) => process.stderr.write(data));
  const gone = new Promise<string>((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("close", (code, killedBy) => resolve(killedBy ?? `exit code ${code}`));
  });
  const stop = async () => {
    child.kill("SIGTERM");
    await Promise.race([gone, delay(patience, undefined, { ref: false })]);
    child.kill("SIGKILL");
  };
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  const how = await gone;
  signal.removeEventListener("abort", stop);
  return (
    end ?? {
      type: "error",
      code: "INTERNAL",
      message: `The step's process ended without a result (${how}).`,
      details: {},
    }
  );
}
