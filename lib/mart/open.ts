import { mkdir, readdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import { AppError } from "@/lib/errors";
import { processWide } from "@/lib/process-wide";
import { type Registry, readRegistry } from "@/lib/registry";
import { openDuckDbWarehouse, type Warehouse } from "@/lib/warehouse";
import { currentStamp, fileOf, placeOf } from "./layout";

export interface Mart {
  name: string;
  title: string;
  stamp: string;
  /** Tells this build of the mart's file from any other, also under the same stamp. */
  build: string;
  registry: Registry;
  warehouse: Warehouse;
  /** The one directory that the warehouse may write to; it exists. */
  scratchDirectory: string;
}

/** One per file and process. */
const opened = processWide("open-marts", () => new Map<string, Promise<Mart>>());

/**
 * The mart at a stamp, or at the current one, which is looked up at every call: a newly published stamp is seen at once.
 * It is shared and stays open until two newer builds of its file have been opened; do not close it.
 * @throws AppError MART_UNKNOWN, MART_DAMAGED
 */
export async function openMart(
  name: string,
  options: { stamp?: string; dataDir?: string } = {},
): Promise<Mart> {
  const place = placeOf(name, options.dataDir);
  const stamp = options.stamp ?? (await currentStamp(place));
  if (stamp === null) throw new AppError("MART_UNKNOWN", undefined, { details: { mart: name } });
  const file = fileOf(place, stamp);
  const status = await stat(file).catch((cause) => {
    if (!options.stamp)
      throw new AppError("MART_DAMAGED", undefined, { details: { mart: name, stamp }, cause });
    throw new AppError("MART_UNKNOWN", `The mart ${name} has no stamp ${stamp}.`, {
      details: { mart: name, stamp },
      cause,
    });
  });
  // By inode and time: a mart built again under the same stamp is another file.
  const build = [status.dev, status.ino, status.mtimeMs, status.size].join(":");
  const key = `${path.resolve(file)}:${build}`;
  const known = opened.get(key);
  if (known) return known;
  const opening = open(file, name, build, place.scratchDirectory);
  opened.set(key, opening);
  opening.then(
    () => closeOldBuilds(path.resolve(file)),
    () => opened.delete(key),
  );
  return opening;
}

/** A turn under way keeps the build that it began with: the one before the newest. Of older ones, none is left. */
async function closeOldBuilds(file: string): Promise<void> {
  const builds = [...opened.keys()].filter((key) => key.startsWith(`${file}:`));
  for (const key of builds.slice(0, -2)) {
    const mart = opened.get(key);
    opened.delete(key);
    await mart?.then(({ warehouse }) => warehouse.close()).catch(() => {});
  }
}

/** Closes every mart that this process has open: for scripts that end, and for tests. */
export async function closeMarts(): Promise<void> {
  const all = [...opened.values()];
  opened.clear();
  for (const mart of await Promise.allSettled(all)) {
    if (mart.status === "fulfilled") await mart.value.warehouse.close();
  }
}

async function open(file: string, name: string, build: string, scratchDirectory: string): Promise<Mart> {
  await mkdir(scratchDirectory, { recursive: true });
  await removeLeftovers(scratchDirectory);
  const warehouse = await openDuckDbWarehouse({ path: file, writableDirectories: [scratchDirectory] });
  try {
    const registry = await readRegistry(warehouse);
    const { title, stamp } = registry;
    return { name, title, stamp, build, registry, warehouse, scratchDirectory };
  } catch (thrown) {
    await warehouse.close();
    throw thrown;
  }
}

const day = 86_400_000;

/** What a process that was killed was writing. Nothing writes one file for a day. */
async function removeLeftovers(scratchDirectory: string): Promise<void> {
  for (const name of await readdir(scratchDirectory)) {
    const file = path.join(scratchDirectory, name);
    const written = /^(matrix|export)-/.test(name) ? await stat(file).catch(() => null) : null;
    if (written && Date.now() - written.mtimeMs > day) await rm(file, { force: true });
  }
}
