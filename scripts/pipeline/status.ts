import { listPipelineRuns, readPipelineRun } from "@/agents/pipeline";
import { AppError } from "@/lib/errors";
import { readOptions } from "./arguments";
import { tellIfIdle } from "./tell-if-idle";
import { describeStep, ending } from "./watch";
import { withDatabase } from "./with-database";

/** `pipeline status`: the last runs, a line each; of one run, or the last of a stamp, its steps. */
export async function printStatus(args: string[]): Promise<void> {
  const { text } = readOptions(args, {
    mart: { type: "string" },
    stamp: { type: "string" },
    run: { type: "string" },
  });
  const [mart, stamp, id] = [text("mart"), text("stamp"), text("run")];
  await withDatabase(async (viewer) => {
    const runs = await listPipelineRuns(viewer, { ...(mart ? { mart } : {}), ...(stamp ? { stamp } : {}) });
    const one = id ?? (stamp ? runs[0]?.id : undefined);
    if (!id && runs.length === 0 && (stamp || mart)) {
      const of = [stamp, mart].filter(Boolean).join(" of ");
      throw new AppError(
        "NOT_FOUND",
        `There is no run of ${of}. npm run pipeline -- status lists the runs that there are.`,
      );
    }
    if (one) {
      const { run, steps } = await readPipelineRun(viewer, one);
      console.log(`${run.mart} ${run.stamp}, run ${run.id}`);
      for (const step of steps) for (const line of describeStep(step)) console.log(line);
      console.log(ending(run));
      await tellIfIdle([run]);
      return;
    }
    for (const run of runs) {
      const when = (run.startedAt ?? run.createdAt).toISOString().slice(0, 19);
      const by = run.trigger === "person" ? (run.startedByName ?? "") : run.trigger;
      console.log(`${run.id}  ${run.mart}  ${run.stamp}  ${run.status.padEnd(9)}  ${when}  ${by}`);
    }
    if (runs.length === 0)
      console.log("There are no runs. `npm run pipeline -- run --stamp v2026.11` begins one.");
    await tellIfIdle(runs);
  });
}
