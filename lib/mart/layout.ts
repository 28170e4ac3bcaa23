import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { config } from "@/lib/config";
import { AppError } from "@/lib/errors";
import { stampSchema } from "@/lib/feature-set/schema";

/**
 * On disk a mart is `<dataDir>/marts/<name>/<stamp>.duckdb`, one immutable file per stamp, and beside them the file
 * `current` that holds a stamp. Publishing is a rename, so a reader sees the old mart or the new one and nothing between.
 */
export interface MartPlace {
  name: string;
  directory: string;
  /** What queries may write: results, Parquet before it is published. */
  scratchDirectory: string;
}

/** @throws AppError MART_UNKNOWN where the name could not be a mart's */
export function placeOf(name: string, dataDir = config().dataDir): MartPlace {
  if (!/^[a-z][a-z0-9-]{0,40}$/.test(name)) {
    throw new AppError(
      "MART_UNKNOWN",
      "A mart's name is made of small letters, digits and dashes, begins with a letter, and has at most 41 of them.",
    );
  }
  const directory = path.join(dataDir, "marts", name);
  return { name, directory, scratchDirectory: path.join(directory, "scratch") };
}

export function fileOf(place: MartPlace, stamp: string): string {
  if (!stampSchema.safeParse(stamp).success) {
    throw new AppError("BAD_INPUT", "A stamp looks like v2026.11.");
  }
  return path.join(place.directory, `${stamp}.duckdb`);
}

/** A fresh path to build in, on the same disk as the published file; named for its process so that leftovers are known. */
export function buildFileOf(place: MartPlace, stamp: string): string {
  return path.join(place.directory, `.building-${process.pid}-${stamp}-${randomUUID()}.duckdb`);
}

/** The stamp that `current` names; null where nothing was published. */
export async function currentStamp(place: MartPlace): Promise<string | null> {
  const text = await readFile(path.join(place.directory, "current"), "utf8").catch(ignoreMissing);
  if (text === null) return null;
  const stamp = stampSchema.safeParse(text.trim());
  if (!stamp.success) throw new AppError("MART_DAMAGED", undefined, { details: { file: "current" } });
  return stamp.data;
}

/**
 * Makes `builtFile` the mart's file for the stamp and, unless told otherwise, the stamp current. The file is moved: build it with
 * {@link buildFileOf}.
 */
export async function publishMart(
  name: string,
  stamp: string,
  builtFile: string,
  options: { dataDir?: string; makeCurrent?: boolean } = {},
): Promise<void> {
  const place = placeOf(name, options.dataDir);
  await mkdir(place.directory, { recursive: true });
  await rename(builtFile, fileOf(place, stamp));
  if (options.makeCurrent === false) return;
  const next = path.join(place.directory, `.current-${randomUUID()}`);
  await writeFile(next, `${stamp}\n`, { flush: true });
  await rename(next, path.join(place.directory, "current"));
}

/** The names of the marts that have been published, in alphabetical order, with their current stamps. */
export async function listMarts(
  options: { dataDir?: string } = {},
): Promise<{ name: string; stamp: string }[]> {
  const root = path.join(options.dataDir ?? config().dataDir, "marts");
  const names = (await readdir(root).catch(ignoreMissing)) ?? [];
  const marts: { name: string; stamp: string }[] = [];
  for (const name of names.sort()) {
    if (!/^[a-z][a-z0-9-]{0,40}$/.test(name)) continue;
    const stamp = await currentStamp(placeOf(name, options.dataDir));
    if (stamp) marts.push({ name, stamp });
  }
  return marts;
}

function ignoreMissing(thrown: NodeJS.ErrnoException): null {
  if (thrown.code === "ENOENT" || thrown.code === "ENOTDIR") return null;
  throw thrown;
}
