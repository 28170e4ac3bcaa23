import { randomUUID } from "node:crypto";
import type { Stats } from "node:fs";
import { mkdir, open as openFile, readdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { config } from "@/lib/config";
import { AppError } from "@/lib/errors";
import { stampSchema } from "@/lib/feature-set/schema";
import { readRegistry } from "@/lib/registry";
import { openDuckDbWarehouse } from "@/lib/warehouse";
import type { MartBuild, MartCatalog, OpenBuild } from "./catalog";
import { fileOf, isMartName, type MartPlace, placeOf } from "./layout";

/**
 * Marts of the embedded engine: `<dataDir>/marts/<name>/<stamp>.duckdb`, one immutable file per stamp, and beside them the file
 * `current` that holds a stamp. Publishing is a rename, so a reader sees the old mart or the new one and nothing between.
 */
export const martFiles: MartCatalog = {
  list: async (dataDir) => {
    const names = (await readdir(path.join(dataDir ?? config().dataDir, "marts")).catch(ignoreMissing)) ?? [];
    const marts: { name: string; stamp: string }[] = [];
    for (const name of names.filter(isMartName).sort()) {
      const stamp = await currentStamp(placeOf(name, dataDir));
      if (stamp) marts.push({ name, stamp });
    }
    return marts;
  },
  current: currentStamp,
  find: async (place, stamp) => {
    const wanted = stamp ?? (await currentStamp(place));
    if (wanted === null) throw new AppError("MART_UNKNOWN", undefined, { details: { mart: place.name } });
    return findBuild(place, wanted, stamp !== undefined);
  },
  publish: async (place, stamp, builtFile) => {
    await mkdir(place.directory, { recursive: true });
    await rename(builtFile, fileOf(place, stamp));
    const before = await currentStamp(place);
    if (before !== null && before > stamp) return;
    const next = path.join(place.directory, `.current-${randomUUID()}`);
    await writeFile(next, `${stamp}\n`, { flush: true });
    await rename(next, path.join(place.directory, "current"));
  },
  close: async () => {},
};

async function currentStamp(place: MartPlace): Promise<string | null> {
  const text = await readFile(path.join(place.directory, "current"), "utf8").catch(ignoreMissing);
  if (text === null) return null;
  const stamp = stampSchema.safeParse(text.trim());
  if (!stamp.success) throw new AppError("MART_DAMAGED", undefined, { details: { file: "current" } });
  return stamp.data;
}

async function findBuild(place: MartPlace, stamp: string, wasNamed: boolean): Promise<MartBuild> {
  const file = fileOf(place, stamp);
  const details = { mart: place.name, stamp };
  const status = await stat(file).catch((cause) => {
    if (!wasNamed) throw new AppError("MART_DAMAGED", undefined, { details, cause });
    throw new AppError("MART_UNKNOWN", `The mart ${place.name} has no stamp ${stamp}.`, { details, cause });
  });
  const build = buildOf(status);
  return { stamp, build, open: (scratchDirectory) => open(file, build, scratchDirectory) };
}

/** By inode and time: a mart built again under the same stamp is another file. */
function buildOf({ dev, ino, mtimeMs, size }: Stats): string {
  return [dev, ino, mtimeMs, size].join(":");
}

async function open(file: string, build: string, scratchDirectory: string): Promise<OpenBuild | null> {
  const damaged = (cause: unknown) =>
    Promise.reject(
      new AppError("MART_DAMAGED", undefined, { details: { file: path.basename(file) }, cause }),
    );
  const isThere = async () => buildOf(await stat(file).catch(damaged)) === build;
  // Before a handle is taken: closing it would drop the engine's locks of a newer build that is open already.
  if (!(await isThere())) return null;
  const held = await openFile(file).catch(damaged);
  const opening = openDuckDbWarehouse({ path: file, writableDirectories: [scratchDirectory] });
  const close = async () => {
    await opening.then((warehouse) => warehouse.close()).finally(() => held.close());
  };
  try {
    const warehouse = await opening;
    const registry = await readRegistry(warehouse);
    // Its path before and after: so the handle and the engine, taken between, are of it too.
    if (await isThere()) return { registry, warehouse: { ...warehouse, close }, file: { path: file, held } };
  } catch (thrown) {
    await close().catch(() => {});
    throw thrown;
  }
  await close();
  return null;
}

function ignoreMissing(thrown: NodeJS.ErrnoException): null {
  if (thrown.code === "ENOENT" || thrown.code === "ENOTDIR") return null;
  throw thrown;
}
