import { cancelPipelineRun, listPipelineRuns, startExecutor } from "@/agents/pipeline";
import { config } from "@/lib/config";
import { AppError } from "@/lib/errors";
import { readOptions } from "./arguments";
import { watch } from "./watch";
import { withDatabase } from "./with-database";

/** `pipeline cancel`: stops a run and waits until it has. */
export async function cancelPipeline(args: string[]): Promise<void> {
  const { text } = readOptions(args, {
    mart: { type: "string" },
    stamp: { type: "string" },
    run: { type: "string" },
  });
  const stamp = text("stamp");
  await withDatabase(async (viewer) => {
    const id = text("run") ?? (stamp ? await activeRun(text("mart") ?? config().defaultMart, stamp) : null);
    if (!id) throw new AppError("BAD_INPUT", "Name the run or the stamp: --run ID or --stamp v2026.11.");
    await cancelPipelineRun(viewer, id);
    // Where the process that executed it has died, somebody has to end it.
    const executor = startExecutor();
    try {
      const code = await watch(viewer, id, new AbortController().signal);
      process.exitCode = code === 4 ? 0 : 1;
    } finally {
      await executor.stop();
    }

    async function activeRun(mart: string, ofStamp: string): Promise<string> {
      const runs = await listPipelineRuns(viewer, { mart, stamp: ofStamp });
      const run = runs.find(({ status }) => status === "queued" || status === "running");
      if (!run) throw new AppError("NOT_FOUND", `No run of ${ofStamp} is under way.`);
      return run.id;
    }
  });
}
