import { randomUUID } from "node:crypto";
import path from "node:path";
import { config } from "@/lib/config";
import { AppError } from "@/lib/errors";
import { stampSchema } from "@/lib/feature-set/schema";

/** A mart's folder on this machine: `<dataDir>/marts/<name>`. It is built there, whatever warehouse it is published to. */
export interface MartPlace {
  name: string;
  directory: string;
  /** What queries may write: results, Parquet before it is published. */
  scratchDirectory: string;
}

const namePattern = /^[a-z][a-z0-9-]{0,40}$/;

export function isMartName(name: string): boolean {
  return namePattern.test(name);
}

/** @throws AppError MART_UNKNOWN where the name could not be a mart's */
export function placeOf(name: string, dataDir = config().dataDir): MartPlace {
  if (!isMartName(name)) {
    throw new AppError(
      "MART_UNKNOWN",
      "A mart's name is made of small letters, digits and dashes, begins with a letter, and has at most 41 of them.",
    );
  }
  const directory = path.join(dataDir, "marts", name);
  return { name, directory, scratchDirectory: path.join(directory, "scratch") };
}

/** The embedded engine's file of a stamp. */
export function fileOf(place: MartPlace, stamp: string): string {
  return path.join(place.directory, `${checkedStamp(stamp)}.duckdb`);
}

/** @throws AppError BAD_INPUT */
export function checkedStamp(stamp: string): string {
  if (!stampSchema.safeParse(stamp).success) {
    throw new AppError("BAD_INPUT", "A stamp looks like v2026.11.");
  }
  return stamp;
}

/** A fresh path to build in, on the same disk as the published file; named for its process so that leftovers are known. */
export function buildFileOf(place: MartPlace, stamp: string): string {
  return path.join(place.directory, `.building-${process.pid}-${stamp}-${randomUUID()}.duckdb`);
}
