import { hasExecutor } from "@/agents/pipeline";
import type { PipelineRun } from "@/db/schema";

/** Says so where one of these runs is to go on and no process executes just now. */
export async function tellIfIdle(runs: PipelineRun[]): Promise<void> {
  const waiting = runs.find(({ status }) => status === "queued" || status === "running");
  if (!waiting || (await hasExecutor())) return;
  const { mart, stamp } = waiting;
  console.log(
    `No process executes pipelines just now. What is queued or running goes on when the app (npm start) or npm run pipeline -- run --mart ${mart} --stamp ${stamp} is started.`,
  );
}
