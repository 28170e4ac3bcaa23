import { notFound } from "next/navigation";
import type { MartChoice } from "@/components/chat/new-matrix";
import { pipelineMarts } from "@/db/marts/pipelines";
import type { Viewer } from "@/lib/auth";
import { config } from "@/lib/config";
import { AppError, toAppError } from "@/lib/errors";
import { log } from "@/lib/log";
import { listMarts, type Mart, openMart } from "@/lib/mart";
import { type MartDraft, readDraft } from "@/lib/profile";
import type { Registry } from "@/lib/registry";
import { examplesFor } from "./examples";

/** The marts that the viewer may use and that can be read. One that is damaged is left out and logged. */
export async function listVisibleMarts(viewer: Viewer): Promise<(MartChoice & { own: boolean })[]> {
  const marts = await Promise.all(
    (await listMarts()).map(async ({ name }) => {
      try {
        const { mart, own } = await openVisibleMart(viewer, name);
        const { title, stamp, registry } = mart;
        return { name, title, stamp, own, ...countsOf(registry), examples: examplesFor(name, registry) };
      } catch (thrown) {
        const error = toAppError(thrown);
        if (error.code !== "MART_UNKNOWN") log.error("mart not read", { mart: name, error });
        return null;
      }
    }),
  );
  return marts.filter((mart) => mart !== null);
}

/**
 * A mart for one viewer: what a pipeline or this machine's commands built is for everyone, what somebody uploaded is for them alone.
 * @throws AppError MART_UNKNOWN, also for another person's mart; MART_DAMAGED
 */
export async function openVisibleMart(viewer: Viewer, name: string): Promise<{ mart: Mart; own: boolean }> {
  const draft = await draftOf(name);
  const own = draft?.owner === viewer.id;
  const isForAll = draft ? draft.owner === "local" : isBuiltIn(name);
  if (!own && !isForAll) throw new AppError("MART_UNKNOWN");
  return { mart: await openMart(name), own };
}

/**
 * Whose a mart without a description is, nobody here knows: it is being published, or a warehouse service holds it and
 * another machine the description. So only what the app itself builds is taken to be everyone's.
 */
function isBuiltIn(name: string): boolean {
  return Object.hasOwn(pipelineMarts, name) || name === config().defaultMart;
}

/** For pages: an unknown mart is a page that is not there. */
export async function martOrNotFound<T>(work: Promise<T>): Promise<T> {
  return work.catch((thrown) => {
    const { code } = toAppError(thrown);
    if (code === "MART_UNKNOWN" || code === "NOT_FOUND") notFound();
    throw thrown;
  });
}

/** The description of the viewer's own mart. @throws AppError NOT_FOUND */
export async function readOwnDraft(viewer: Viewer, name: string): Promise<MartDraft> {
  const draft = await draftOf(name);
  if (draft?.owner !== viewer.id) throw new AppError("NOT_FOUND");
  return draft;
}

export function countsOf({ tables, features }: Registry): { tables: number; features: number } {
  return { tables: tables.length, features: features.filter(({ isKey }) => !isKey).length };
}

/** Null for a mart that was not made from files. */
async function draftOf(name: string): Promise<MartDraft | null> {
  return readDraft(name).catch((thrown) => {
    if (toAppError(thrown).code === "NOT_FOUND") return null;
    throw thrown;
  });
}
