import { z } from "zod";
import { AppError } from "@/lib/errors";
import { stampSchema } from "@/lib/feature-set/schema";
import type { ObjectStore } from "@/lib/objects";
import { readStepReport } from "./step-report";
import type { StepName, StepParameters } from "./steps";

/** Before any source began. */
export const beginning = "1970-01-01T00:00:00Z";

/** Of the parameters what a person said; the stamp decides the rest. */
export type AskedParameters = Pick<StepParameters, "mart" | "stamp"> &
  Partial<Pick<StepParameters, "start" | "end" | "previous">>;

/**
 * Fills in what was not said. For a step after extract: as extract of this stamp had it. Else END is the first of the
 * stamp's month, `previous` the newest earlier stamp that the pipeline published, START where that one ended.
 * @throws AppError BAD_INPUT
 */
export async function resolveParameters(
  store: ObjectStore,
  asked: AskedParameters,
  step: StepName = "extract",
): Promise<StepParameters> {
  const { mart, stamp } = asked;
  checkStamp(stamp);
  const extracted = step === "extract" ? null : await readStepReport(store, { mart, stamp }, "extract");
  const known = extracted?.parameters;
  const usual = async () => (known ? known.previous : newestBefore(store, asked));
  const previous = asked.previous === undefined ? await usual() : asked.previous;
  const isSame = known?.previous === previous;
  return checked({
    mart,
    stamp,
    start: asked.start ?? (isSame && known ? known.start : await endOf(store, mart, previous)),
    end: asked.end ?? known?.end ?? firstOfMonth(stamp),
    previous,
  });
}

/** The stamps from one to the other, both included, in order. @throws AppError BAD_INPUT */
export function stampsBetween(from: string, to: string): string[] {
  const last = monthOf(checkStamp(to));
  const months = Array.from(
    { length: last - monthOf(checkStamp(from)) + 1 },
    (_, back) => last - back,
  ).reverse();
  if (months.length === 0 || months.length > mostStamps) {
    throw new AppError(
      "BAD_INPUT",
      `From ${from} to ${to} are ${months.length} stamps; name 1 to ${mostStamps}, the earlier one first.`,
    );
  }
  return months.map(stampOfMonth);
}

/** The stamp that is built at this time: of its month, in UTC. */
export function stampAt(time: Date): string {
  return stampOfMonth(time.getUTCFullYear() * 12 + time.getUTCMonth());
}

/** The END of a stamp by default: 00:00 UTC on the first of its month. */
export function firstOfMonth(stamp: string): string {
  return `${checkStamp(stamp).slice(1).replace(".", "-")}-01T00:00:00Z`;
}

const mostStamps = 60;

function checkStamp(stamp: string): string {
  if (!stampSchema.safeParse(stamp).success) {
    throw new AppError(
      "BAD_INPUT",
      `A stamp looks like v2026.11, not ${JSON.stringify(stamp.slice(0, 40))}.`,
    );
  }
  return stamp;
}

async function newestBefore(store: ObjectStore, { mart, stamp }: AskedParameters): Promise<string | null> {
  for (let back = 1; back <= mostStamps; back++) {
    const earlier = stampOfMonth(monthOf(stamp) - back);
    if (await readStepReport(store, { mart, stamp: earlier }, "publish")) return earlier;
  }
  return null;
}

async function endOf(store: ObjectStore, mart: string, stamp: string | null): Promise<string> {
  if (stamp === null) return beginning;
  const report = await readStepReport(store, { mart, stamp: checkStamp(stamp) }, "conform");
  if (!report) {
    throw new AppError(
      "PIPELINE_STEP_MISSING",
      `There are no conformed tables of ${stamp} to add to. Run that stamp first, or leave the previous stamp out.`,
    );
  }
  return report.parameters.end;
}

const instant = z.iso.datetime({ error: "is a UTC instant such as 2026-11-01T00:00:00Z" });

function checked(parameters: StepParameters): StepParameters {
  for (const name of ["start", "end"] as const) {
    const time = instant.safeParse(parameters[name]);
    if (!time.success) throw new AppError("BAD_INPUT", `${name} ${time.error.issues[0]?.message}.`);
  }
  if (Date.parse(parameters.start) >= Date.parse(parameters.end)) {
    throw new AppError(
      "BAD_INPUT",
      `START ${parameters.start} is not before END ${parameters.end}: there is nothing to read.`,
    );
  }
  if (parameters.previous !== null && monthOf(parameters.previous) >= monthOf(parameters.stamp)) {
    throw new AppError("BAD_INPUT", `${parameters.previous} is not earlier than ${parameters.stamp}.`);
  }
  return parameters;
}

function monthOf(stamp: string): number {
  const [year = 0, month = 1] = stamp.slice(1).split(".").map(Number);
  return year * 12 + month - 1;
}

function stampOfMonth(month: number): string {
  return `v${Math.floor(month / 12)}.${String((month % 12) + 1).padStart(2, "0")}`;
}
