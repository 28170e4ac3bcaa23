import Link from "next/link";
import { listPipelineRuns } from "@/agents/pipeline";
import type { PipelineRun } from "@/db/schema";
import type { Viewer } from "@/lib/auth";

/** The files are the stamp's, not the run's: what a later run of the same stamp leaves takes their place. */
export async function NewerRun({ viewer, run }: { viewer: Viewer; run: PipelineRun }) {
  const { mart, stamp } = run;
  const [newest] = (await listPipelineRuns(viewer, { mart, stamp, limit: 20 })).filter(
    ({ startedAt }) => startedAt !== null,
  );
  if (!newest || newest.id === run.id || newest.createdAt <= run.createdAt) return null;
  return (
    <p className="rounded-lg bg-warn-soft px-3.5 py-2 text-[0.8125rem]">
      {stamp} was run again since. What you see is what the{" "}
      <Link href={`/pipeline/${newest.id}`} className="text-accent underline">
        newest run
      </Link>{" "}
      left where it came so far.
    </p>
  );
}
