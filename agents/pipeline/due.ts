import { pipelineMarts } from "@/db/marts/pipelines";
import { createPipelineRuns } from "@/db/queries/pipeline";
import type { Viewer } from "@/lib/auth";
import { log } from "@/lib/log";
import { currentStamp, placeOf } from "@/lib/mart";
import { firstOfMonth, stampAt, stampsBetween } from "@/lib/pipeline/parameters";

const schedule: Viewer = { id: "schedule", name: "Schedule" };

/**
 * Queues, in order, the stamps between what is published and the month of this moment of the schedule. A mart that was
 * never published begins with that month's. Stamps that end after the sources do are left out.
 */
export async function queueDue(moment: Date): Promise<void> {
  for (const [name, load] of Object.entries(pipelineMarts)) {
    const { knownUntil } = await load();
    const due = dueStamps(await currentStamp(placeOf(name)), moment, knownUntil?.() ?? null);
    if (due.length === 0) continue;
    const runs = await createPipelineRuns(
      schedule,
      due.map((stamp) => ({ mart: name, stamp, asked: {}, trigger: "schedule" as const })),
      { ifActive: "join" },
    );
    log.info("pipeline due", { mart: name, stamps: runs.map(({ stamp }) => stamp) });
  }
}

/** Exported for its test. */
export function dueStamps(published: string | null, moment: Date, knownUntil: string | null): string[] {
  const last = stampAt(moment);
  if (published !== null && published >= last) return [];
  const stamps = published === null ? [last] : stampsBetween(published, last).slice(1);
  return stamps.filter(
    (stamp) => knownUntil === null || Date.parse(firstOfMonth(stamp)) <= Date.parse(knownUntil),
  );
}
