import { firstStamp } from "@/agents/pipeline";
import type { MartToBuild } from "@/components/pipeline/start-form";
import { pipelineMarts } from "@/db/marts/pipelines";
import { currentStamp, placeOf } from "@/lib/mart";
import type { PipelineMart } from "@/lib/pipeline/mart";
import { firstOfMonth, stampAt } from "@/lib/pipeline/parameters";

/** The marts that a pipeline builds, each with the stamp that a person most likely wants. */
export async function readMartsToBuild(): Promise<MartToBuild[]> {
  return Promise.all(
    Object.entries(pipelineMarts).map(async ([name, load]) => {
      const [mart, published] = await Promise.all([load(), currentStamp(placeOf(name))]);
      return {
        name,
        title: mart.title,
        suggested: suggestedStamp(mart, published, new Date()),
        published,
        knownUntil: mart.knownUntil?.() ?? null,
      };
    }),
  );
}

/**
 * The stamp after the published one. Before its END has come, or where the simulated sources know nothing up to it, only
 * what is there can be built again. Exported for its test.
 */
export function suggestedStamp(
  mart: Pick<PipelineMart, "knownUntil">,
  published: string | null,
  now: Date,
): string {
  const knownUntil = mart.knownUntil?.() ?? now.toISOString();
  const wanted = published === null ? [] : [stampAfter(published), published];
  const isKnown = (stamp: string) => Date.parse(firstOfMonth(stamp)) <= Date.parse(knownUntil);
  return wanted.find(isKnown) ?? firstStamp(mart, now);
}

function stampAfter(stamp: string): string {
  const month = new Date(firstOfMonth(stamp));
  month.setUTCMonth(month.getUTCMonth() + 1);
  return stampAt(month);
}
