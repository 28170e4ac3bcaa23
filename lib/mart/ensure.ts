import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import { toAppError } from "@/lib/errors";
import { buildFileOf, type MartPlace, placeOf } from "./layout";
import { isGone, withLock } from "./lock";
import { currentStamp, publishMart } from "./marts";
import { openMart } from "./open";

/** Builds the mart into a fresh `.duckdb` file at this path and closes it. */
export type BuildMart = (file: string) => Promise<void>;

/**
 * Builds and publishes the mart at the stamp unless it is there and can be read; returns whether it was built. Of several
 * processes that call at once one builds and the others wait. A build that fails or dies leaves what was current as it was.
 */
export async function ensureMart(
  name: string,
  stamp: string,
  build: BuildMart,
  options: { dataDir?: string; rebuild?: boolean } = {},
): Promise<boolean> {
  const place = placeOf(name, options.dataDir);
  const isThere = async () => (await currentStamp(place)) !== null && (await canBeRead(name, stamp, options));
  if (!options.rebuild && (await isThere())) return false;
  return withLock(path.join(place.directory, "build.lock"), async () => {
    if (!options.rebuild && (await isThere())) return false;
    await removeLeftovers(place);
    const file = buildFileOf(place, stamp);
    try {
      await build(file);
      await publishMart(name, stamp, file, options);
    } finally {
      await rm(file, { force: true });
      await rm(`${file}.wal`, { force: true });
    }
    return true;
  });
}

async function canBeRead(name: string, stamp: string, options: { dataDir?: string }): Promise<boolean> {
  try {
    await openMart(name, { ...options, stamp });
    return true;
  } catch (thrown) {
    if (["MART_UNKNOWN", "MART_DAMAGED"].includes(toAppError(thrown).code)) return false;
    throw thrown;
  }
}

/** Removes what processes of this machine that were killed had begun to build. */
export async function removeLeftovers(place: MartPlace): Promise<void> {
  for (const name of await readdir(place.directory)) {
    const pid = /^\.building-(\d+)-/.exec(name)?.[1];
    if (pid && isGone(Number(pid)))
      await rm(path.join(place.directory, name), { recursive: true, force: true });
  }
}
