import { firstStamp } from "@/agents/pipeline";
import type { MartToBuild } from "@/components/pipeline/start-form";
import { pipelineMarts } from "@/db/marts/pipelines";
import { currentStamp, placeOf } from "@/lib/mart";
import { firstOfMonth, stampAt } from "@/lib/pipeline/parameters";

/** The marts that a pipeline builds, each with the stamp that would come next. */
export async function readMartsToBuild(): Promise<MartToBuild[]> {
  return Promise.all(
    Object.entries(pipelineMarts).map(async ([name, load]) => {
      const [mart, published] = await Promise.all([load(), currentStamp(placeOf(name))]);
      const next = published === null ? firstStamp : stampAfter(published);
      return { name, title: mart.title, next, published, knownUntil: mart.knownUntil?.() ?? null };
    }),
  );
}

function stampAfter(stamp: string): string {
  const month = new Date(firstOfMonth(stamp));
  month.setUTCMonth(month.getUTCMonth() + 1);
  return stampAt(month);
}
