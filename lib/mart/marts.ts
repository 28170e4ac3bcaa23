import { config } from "@/lib/config";
import { openObjectStore } from "@/lib/objects";
import { processWide } from "@/lib/process-wide";
import type { MartCatalog, PublishOptions } from "./catalog";
import { martFiles } from "./files";
import { checkedStamp, type MartPlace, placeOf } from "./layout";

const held = processWide("mart-catalog", () => ({ catalog: null as Promise<MartCatalog> | null }));

/** The one place that chooses where marts are kept. */
export function martCatalog(): Promise<MartCatalog> {
  held.catalog ??= openCatalog();
  return held.catalog;
}

async function openCatalog(): Promise<MartCatalog> {
  const { warehouse } = config();
  if (warehouse.kind === "duckdb") return martFiles;
  // Loaded only where it is used.
  const { snowflakeMarts } = await import("./snowflake");
  return snowflakeMarts(warehouse, openObjectStore());
}

/** See {@link MartCatalog.list}. */
export async function listMarts(
  options: { dataDir?: string } = {},
): Promise<{ name: string; stamp: string }[]> {
  return (await martCatalog()).list(options.dataDir);
}

/** See {@link MartCatalog.current}. */
export async function currentStamp(place: MartPlace): Promise<string | null> {
  return (await martCatalog()).current(place);
}

/**
 * See {@link MartCatalog.publish}. The file is gone afterwards, or of no more use: build it with
 * {@link import("./layout").buildFileOf}.
 */
export async function publishMart(
  name: string,
  stamp: string,
  builtFile: string,
  { dataDir, ...options }: { dataDir?: string } & PublishOptions = {},
): Promise<void> {
  const catalog = await martCatalog();
  await catalog.publish(placeOf(name, dataDir), checkedStamp(stamp), builtFile, options);
}

/** Gives back what the catalog holds open. */
export async function closeCatalog(): Promise<void> {
  const { catalog } = held;
  held.catalog = null;
  await (await catalog)?.close();
}
