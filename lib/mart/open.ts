import { mkdir, readdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import { processWide } from "@/lib/process-wide";
import type { Registry } from "@/lib/registry";
import type { Warehouse } from "@/lib/warehouse";
import type { BuildFile, MartBuild } from "./catalog";
import { type MartPlace, placeOf } from "./layout";
import { closeCatalog, martCatalog } from "./marts";

export interface Mart {
  name: string;
  title: string;
  stamp: string;
  /** Tells this build of the mart from any other, also under the same stamp. */
  build: string;
  /** The embedded engine's file; null where a warehouse service holds the mart. */
  file: BuildFile | null;
  registry: Registry;
  warehouse: Warehouse;
  /** The one directory that the warehouse may write to; it exists. */
  scratchDirectory: string;
}

/** One per build and process; null where a newer build took its place before it was open. */
const opened = processWide("open-marts", () => new Map<string, Promise<Mart | null>>());

/**
 * The mart at a stamp, or at the current one, which is looked up at every call: a newly published stamp is seen at once.
 * It is shared and stays open until two newer builds of its stamp have been opened; do not close it.
 * @throws AppError MART_UNKNOWN, MART_DAMAGED
 */
export async function openMart(
  name: string,
  options: { stamp?: string; dataDir?: string } = {},
): Promise<Mart> {
  const place = placeOf(name, options.dataDir);
  const found = await (await martCatalog()).find(place, options.stamp);
  const stamps = `${path.resolve(place.directory)}/${found.stamp}:`;
  const key = `${stamps}${found.build}`;
  const opening = opened.get(key) ?? openOnce(key, stamps, () => open(found, place));
  return (await opening) ?? openMart(name, options);
}

function openOnce(key: string, stamps: string, work: () => Promise<Mart | null>): Promise<Mart | null> {
  const opening = work();
  opened.set(key, opening);
  opening.then(
    async (mart) => {
      if (mart) await closeOldBuilds(stamps);
      else opened.delete(key);
    },
    () => opened.delete(key),
  );
  return opening;
}

/** A turn under way keeps the build that it began with: the one before the newest. Of older ones, none is left. */
async function closeOldBuilds(stamps: string): Promise<void> {
  const builds = [...opened.keys()].filter((key) => key.startsWith(stamps));
  for (const key of builds.slice(0, -2)) {
    const mart = opened.get(key);
    opened.delete(key);
    await mart?.then((opened) => opened?.warehouse.close()).catch(() => {});
  }
}

/** Closes every mart that this process has open: for scripts that end, and for tests. */
export async function closeMarts(): Promise<void> {
  const all = [...opened.values()];
  opened.clear();
  for (const mart of await Promise.allSettled(all)) {
    if (mart.status === "fulfilled") await mart.value?.warehouse.close();
  }
  await closeCatalog();
}

async function open(found: MartBuild, { name, scratchDirectory }: MartPlace): Promise<Mart | null> {
  await mkdir(scratchDirectory, { recursive: true });
  await removeLeftovers(scratchDirectory);
  const build = await found.open(scratchDirectory);
  if (!build) return null;
  const { registry, warehouse, file } = build;
  const { title, stamp } = registry;
  return { name, title, stamp, build: found.build, file, registry, warehouse, scratchDirectory };
}

const day = 86_400_000;

/** What a process that was killed was writing. Nothing writes one file for a day. */
async function removeLeftovers(scratchDirectory: string): Promise<void> {
  for (const name of await readdir(scratchDirectory)) {
    const file = path.join(scratchDirectory, name);
    const written = /^(matrix|export|unloaded|load)-/.test(name) ? await stat(file).catch(() => null) : null;
    if (written && Date.now() - written.mtimeMs > day) await rm(file, { force: true });
  }
}
