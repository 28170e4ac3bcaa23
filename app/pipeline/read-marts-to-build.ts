import { firstStamp } from "@/agents/pipeline";
import type { MartToBuild } from "@/components/pipeline/start-form";
import { pipelineMarts } from "@/db/marts/pipelines";
import { currentStamp, placeOf } from "@/lib/mart";
import { firstOfMonth, stampAt } from "@/lib/pipeline/parameters";

/** The marts that a pipeline builds, each with the stamp that a person most likely wants. */
export async function readMartsToBuild(): Promise<MartToBuild[]> {
  return Promise.all(
    Object.entries(pipelineMarts).map(async ([name, load]) => {
      const [mart, published] = await Promise.all([load(), currentStamp(placeOf(name))]);
      const knownUntil = mart.knownUntil?.() ?? null;
      const next = published === null ? firstStamp : stampAfter(published);
      // Where the sources tell nothing new, only what is there can be built again.
      const isKnown = knownUntil === null || Date.parse(firstOfMonth(next)) <= Date.parse(knownUntil);
      return {
        name,
        title: mart.title,
        suggested: isKnown ? next : (published ?? next),
        published,
        knownUntil,
      };
    }),
  );
}

function stampAfter(stamp: string): string {
  const month = new Date(firstOfMonth(stamp));
  month.setUTCMonth(month.getUTCMonth() + 1);
  return stampAt(month);
}
