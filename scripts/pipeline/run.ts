import {
  backfillPipeline,
  hasExecutor,
  readPipelineRun,
  startExecutor,
  startPipelineRun,
} from "@/agents/pipeline";
import type { PipelineRun } from "@/db/schema";
import type { Viewer } from "@/lib/auth";
import { config } from "@/lib/config";
import { AppError, toAppError } from "@/lib/errors";
import { parameterOptions, readOptions, readParameters, readStep } from "./arguments";
import { tellIfIdle } from "./tell-if-idle";
import { watchAll } from "./watch";
import { withDatabase } from "./with-database";

/** `pipeline run`: builds one stamp. A run of it that is under way is watched instead of a second one begun. */
export async function runPipeline(args: string[]): Promise<void> {
  const { text, is } = readOptions(args, {
    ...parameterOptions,
    from: { type: "string" },
    watch: { type: "boolean" },
    detach: { type: "boolean" },
  });
  const asked = readParameters(text);
  const from = text("from");
  const fromStep = from ? readStep(from) : undefined;
  await withDatabase(async (viewer) => {
    const wanted = { ...asked, ...(fromStep ? { fromStep } : {}) };
    const { run, isNew } = await startOrJoin(viewer, wanted);
    if (!isNew) {
      console.log(`A run of ${run.stamp} is queued or under way already, and stays as it was asked for.`);
    }
    await follow(viewer, [run], is("detach"), isNew ? "Queued as" : "It is");
  });
}

async function startOrJoin(viewer: Viewer, wanted: Parameters<typeof startPipelineRun>[1]) {
  try {
    return { run: await startPipelineRun(viewer, wanted), isNew: true };
  } catch (thrown) {
    const { code, details } = toAppError(thrown);
    if (code !== "PIPELINE_ACTIVE" || typeof details.runId !== "string") throw thrown;
    return { run: (await readPipelineRun(viewer, details.runId)).run, isNew: false };
  }
}

/** `pipeline backfill`: several stamps in order. */
export async function backfill(args: string[]): Promise<void> {
  const { text, is } = readOptions(args, {
    mart: { type: "string" },
    from: { type: "string" },
    to: { type: "string" },
    detach: { type: "boolean" },
  });
  const [from, to] = [text("from"), text("to")];
  if (!from || !to) throw new AppError("BAD_INPUT", "Name both ends: --from v2026.09 --to v2026.11.");
  await withDatabase(async (viewer) => {
    const runs = await backfillPipeline(viewer, { mart: text("mart") ?? config().defaultMart, from, to });
    await follow(viewer, runs, is("detach"));
  });
}

/** Executes what was queued unless another process does, and shows each run until it is over. */
async function follow(
  viewer: Viewer,
  runs: PipelineRun[],
  isDetached: boolean,
  found = "Queued as",
): Promise<void> {
  if (isDetached) {
    for (const { id } of runs) console.log(`${found} ${id}. npm run pipeline -- status --run ${id}`);
    await tellIfIdle(runs);
    return;
  }
  if (await hasExecutor()) {
    console.log(
      "Another process executes this, with its own settings: the app, or a command like this one. What is set for this command, as SOURCE_*_URL, counts only where that one ends before the run does.",
    );
  }
  const leaving = new AbortController();
  const leave = () => {
    if (leaving.signal.aborted) process.exit(1);
    console.error("\nLeft. The run goes on where a server executes it, or with the next command that does.");
    leaving.abort();
  };
  process.on("SIGINT", leave);
  process.on("SIGTERM", leave);
  const executor = startExecutor();
  try {
    const ids = runs.map(({ id }) => id);
    process.exitCode = await watchAll(viewer, ids, leaving.signal);
  } finally {
    await executor.stop();
  }
}
