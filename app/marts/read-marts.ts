import { notFound } from "next/navigation";
import type { MartChoice } from "@/components/chat/new-matrix";
import { martOwners } from "@/db/queries/mart-owners";
import type { Viewer } from "@/lib/auth";
import { config } from "@/lib/config";
import { AppError, toAppError } from "@/lib/errors";
import { log } from "@/lib/log";
import { listMarts, type Mart, openMart } from "@/lib/mart";
import { everyone, findOwner, type MartDraft } from "@/lib/profile";
import type { Registry } from "@/lib/registry";
import { answerInTime } from "./answer-in-time";
import { examplesFor } from "./examples";

/**
 * The marts that the viewer may use and that can be read. One that is damaged is left out and logged, but where nothing is left,
 * or the warehouse does not answer, that is told: an empty list would say that there are none.
 * @throws AppError WAREHOUSE_UNAVAILABLE, and what opening a mart throws
 */
export async function listVisibleMarts(
  viewer: Viewer,
  patience?: number,
): Promise<(MartChoice & { own: boolean })[]> {
  const failures: AppError[] = [];
  const marts = await Promise.all(
    (await answerInTime(listMarts(), patience)).map(async ({ name }) => {
      try {
        const { mart, own } = await openVisibleMart(viewer, name, patience);
        const { title, stamp, registry } = mart;
        return { name, title, stamp, own, ...countsOf(registry), examples: examplesFor(name, registry) };
      } catch (thrown) {
        const error = toAppError(thrown);
        if (error.code === "WAREHOUSE_UNAVAILABLE") throw error;
        if (error.code === "MART_UNKNOWN") return null;
        log.error("mart not read", { mart: name, error });
        failures.push(error);
        return null;
      }
    }),
  );
  const read = marts.filter((mart) => mart !== null);
  if (read.length === 0 && failures[0]) throw failures[0];
  return read;
}

interface VisibleMart {
  mart: Mart;
  own: boolean;
  description: MartDraft | null;
}

/**
 * A mart for one viewer: what a pipeline or a machine's commands built is for everyone, what somebody uploaded is for them alone.
 * The description is here where it is the viewer's own and this machine has it and can read it, with the files that it was made of.
 * @throws AppError MART_UNKNOWN, also for another person's mart; MART_DAMAGED; WAREHOUSE_UNAVAILABLE, and what the warehouse throws
 */
export async function openVisibleMart(viewer: Viewer, name: string, patience?: number): Promise<VisibleMart> {
  const { owner, draft, isDescribed } = await findOwner(name, martOwners);
  const own = owner === viewer.id;
  if (!own && owner !== everyone && !(owner === null && !isDescribed && isBuiltIn(name))) {
    throw new AppError("MART_UNKNOWN");
  }
  return { mart: await answerInTime(openMart(name), patience), own, description: own ? draft : null };
}

/** Whose a mart without a known owner is, nobody knows: only what the app itself builds is taken to be everyone's. */
function isBuiltIn(name: string): boolean {
  return martOwners.isReserved(name) || name === config().defaultMart;
}

/** For pages: an unknown mart is a page that is not there. */
export async function martOrNotFound<T>(work: Promise<T>): Promise<T> {
  return work.catch((thrown) => {
    const { code } = toAppError(thrown);
    if (code === "MART_UNKNOWN" || code === "NOT_FOUND") notFound();
    throw thrown;
  });
}

/** The description of the viewer's own mart. @throws AppError NOT_FOUND, also where this machine has none that can be read */
export async function readOwnDraft(viewer: Viewer, name: string): Promise<MartDraft> {
  const { owner, draft } = await findOwner(name, martOwners);
  if (!draft || owner !== viewer.id) throw new AppError("NOT_FOUND");
  return draft;
}

export function countsOf({ tables, features }: Registry): { tables: number; features: number } {
  return { tables: tables.length, features: features.filter(({ isKey }) => !isKey).length };
}
