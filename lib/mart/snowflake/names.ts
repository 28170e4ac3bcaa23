import { randomBytes } from "node:crypto";
import type { SnowflakeSettings } from "@/lib/settings/warehouse";

/** One build of a mart in Snowflake: a schema of its own, which holds its tables and never changes once it is published. */
export interface BuildName {
  mart: string;
  stamp: string;
  /** When its loading began, and chance: `20261101T093000-5F3A9C`. */
  build: string;
}

export function newBuild(mart: string, stamp: string, now = new Date()): BuildName {
  const time = now.toISOString().slice(0, 19).replace(/[-:]/g, "");
  return { mart, stamp, build: `${time}-${randomBytes(3).toString("hex").toUpperCase()}` };
}

/** The schema that holds the registries of all builds, as SQL writes it. */
export function sharedSchema({ database, schema }: SnowflakeSettings): string {
  return `${database}.${schema}`;
}

/** `FEATURE_MART__AUTO_MARKETPLACE__V2026_11__20261101T093000_5F3A9C`: plain, so that it is the same quoted or not. */
export function schemaOf({ schema }: SnowflakeSettings, { mart, stamp, build }: BuildName): string {
  return [schema, mart, stamp, build].map((part) => part.toUpperCase().replace(/[-.]/g, "_")).join("__");
}

/** The build that a schema was made for; null for any other schema. */
export function buildOfSchema(settings: SnowflakeSettings, name: string): BuildName | null {
  const beginning = `${settings.schema.toUpperCase()}__`;
  if (!name.startsWith(beginning)) return null;
  const found = /^([A-Z][A-Z0-9_]*)__V(\d{4})_(\d{2})__(\d{8}T\d{6})_([0-9A-F]{6})$/.exec(
    name.slice(beginning.length),
  );
  if (!found) return null;
  const [, mart = "", year, month, time, chance] = found;
  return {
    mart: mart.toLowerCase().replaceAll("_", "-"),
    stamp: `v${year}.${month}`,
    build: `${time}-${chance}`,
  };
}

/** When the loading of a build began, in milliseconds. */
export function begunAt({ build }: BuildName): number {
  const text = build.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)-.*$/, "$1-$2-$3T$4:$5:$6Z");
  return Date.parse(text);
}

/** Where its files are in the object store while they are loaded. */
export function stagingPrefix({ mart, stamp, build }: BuildName): string {
  return `marts/${mart}/${stamp}/load-${build}`;
}
