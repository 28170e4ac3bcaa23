import { z } from "zod";
import { AppError } from "@/lib/errors";
import { stampSchema } from "@/lib/feature-set/schema";
import type { ObjectStore } from "@/lib/objects";
import { readStepReport, requirePublished } from "./step-report";
import type { StepName, StepParameters } from "./steps";

/** Before any source began. */
export const beginning = "1970-01-01T00:00:00Z";

/** Of the parameters what a person said; the stamp decides the rest. */
export type AskedParameters = Pick<StepParameters, "mart" | "stamp"> &
  Partial<Pick<StepParameters, "start" | "end" | "previous">>;

/** What has happened already: what came before `now`, and of simulated sources what came before `knownUntil` (ISO 8601). */
export interface Clock {
  knownUntil?: string | null | undefined;
  now?: Date;
}

/**
 * Fills in what was not said. For a step after extract: as extract of this stamp had it. Else END is the first of the
 * stamp's month, `previous` the newest earlier stamp that the pipeline published, START where that one ended.
 * @throws AppError BAD_INPUT, also where END is ahead; PIPELINE_STEP_MISSING where `previous` is not published as it is now
 */
export async function resolveParameters(
  store: ObjectStore,
  asked: AskedParameters,
  { step = "extract", ...clock }: Clock & { step?: StepName } = {},
): Promise<StepParameters> {
  const { mart, stamp } = asked;
  checkStamp(stamp);
  const extracted = step === "extract" ? null : await readStepReport(store, { mart, stamp }, "extract");
  const known = extracted?.parameters;
  const usual = async () => (known ? known.previous : newestBefore(store, asked));
  const previous = asked.previous === undefined ? await usual() : asked.previous;
  const before = previous === null ? null : await publishedBefore(store, asked, previous);
  const isSame = known?.previous === previous;
  return checked(
    {
      mart,
      stamp,
      start: asked.start ?? (isSame && known ? known.start : (before?.end ?? beginning)),
      end: asked.end ?? known?.end ?? firstOfMonth(stamp),
      previous,
    },
    clock,
  );
}

/**
 * A stamp is not built before all that it holds has happened: the next one reads from this one's END on.
 * @throws AppError BAD_INPUT
 */
export function requirePast(
  { stamp, end = firstOfMonth(stamp) }: { stamp: string; end?: string },
  { knownUntil, now = new Date() }: Clock,
): void {
  const known = knownUntil ? Date.parse(knownUntil) : now.getTime();
  if (Date.parse(end) <= Math.max(known, now.getTime())) return;
  throw new AppError(
    "BAD_INPUT",
    `${stamp} holds what happens before ${end}, which is still ahead. Build it from then on, or an earlier stamp now.`,
  );
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

async function publishedBefore(
  store: ObjectStore,
  { mart, stamp }: AskedParameters,
  previous: string,
): Promise<StepParameters> {
  if (monthOf(checkStamp(previous)) >= monthOf(stamp)) {
    throw new AppError(
      "BAD_INPUT",
      `The previous stamp ${previous} is not earlier than ${stamp}. Name one that is, or none.`,
    );
  }
  return requirePublished(store, { mart, stamp: previous });
}

const instant = z.iso.datetime({ error: "is a UTC instant such as 2026-11-01T00:00:00Z" });
const day = 24 * 60 * 60 * 1000;

function checked(parameters: StepParameters, clock: Clock): StepParameters {
  const { start, end } = parameters;
  for (const name of ["start", "end"] as const) {
    const time = instant.safeParse(parameters[name]);
    if (!time.success) throw new AppError("BAD_INPUT", `${name} ${time.error.issues[0]?.message}.`);
  }
  // Features count whole days: of a day that END divides some would see a part and others nothing.
  if (Date.parse(end) % day !== 0) {
    throw new AppError(
      "BAD_INPUT",
      `END ${end} is in the middle of a day. Give the beginning of one in UTC, such as ${end.slice(0, 10)}T00:00:00Z.`,
    );
  }
  if (Date.parse(start) >= Date.parse(end)) {
    throw new AppError("BAD_INPUT", `START ${start} is not before END ${end}: there is nothing to read.`);
  }
  requirePast(parameters, clock);
  return parameters;
}

function monthOf(stamp: string): number {
  const [year = 0, month = 1] = stamp.slice(1).split(".").map(Number);
  return year * 12 + month - 1;
}

function stampOfMonth(month: number): string {
  return `v${Math.floor(month / 12)}.${String((month % 12) + 1).padStart(2, "0")}`;
}
