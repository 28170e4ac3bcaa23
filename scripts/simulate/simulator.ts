import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { ensureDatabase } from "@/db/ensure-database";
import { buildWorld, type Drift, type WorldOptions } from "@/db/marts/auto-marketplace/world";
import { config } from "@/lib/config";
import { withLock } from "@/lib/mart/lock";
import type { SourceAddresses } from "@/lib/pipeline/mart";
import { openDuckDbWarehouse } from "@/lib/warehouse";
import { writeCensus } from "./census";
import { clickstreamRoute } from "./clickstream";
import { crmRoute } from "./crm";
import { type ExpectedDirt, expectedDirt } from "./expected-dirt";
import { mapsRoute } from "./maps";
import { ensurePlatform, writePlatform } from "./platform";
import { makeServed } from "./served";
import { serve } from "./server";

export interface SimulatorOptions {
  sellers: number;
  seed: number;
  drift?: Drift | null;
  /** 0, or nothing, for a free one. */
  port?: number;
  /** Where worlds are kept; a second start with the same seed and size finds its own. DATA_DIR by default. */
  dataDir?: string;
  /** A PostgreSQL server whose user may create databases; the app's own by default. */
  serverUrl?: string;
  /** Areas that the maps answer about in a day. */
  mapsQuota?: number;
  onProgress?: (label: string) => void;
}

export interface Simulator {
  addresses: SourceAddresses;
  /** What a pipeline that reads `[start, end)` (ISO 8601) has to set aside. */
  expectedQuarantine(end: string, start?: string): Promise<ExpectedDirt[]>;
  /** Stops the servers; worlds are kept. */
  close(): Promise<void>;
}

/**
 * Serves the five sources of the mart from one seed, on the loopback interface alone.
 * @throws AppError DATABASE_UNAVAILABLE; BAD_INPUT where the port is taken
 */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const onProgress = options.onProgress ?? (() => {});
  const name = `${options.seed}_${options.sellers}${options.drift ? `_${options.drift}` : ""}`;
  const folder = path.join(options.dataDir ?? config().dataDir, "simulated", name);
  const contentKey = `${name}-${await versionOfCode()}`;
  await ensureWorld(folder, contentKey, options);
  onProgress("platform database");
  const serverUrl = options.serverUrl ?? (await ensureDatabase());
  const world = await openDuckDbWarehouse({
    ...{ path: path.join(folder, "simulated.duckdb"), writableDirectories: [] },
    ...config().engine,
  });
  try {
    const platform = await ensurePlatform(world, {
      serverUrl,
      name: `simulated_platform_${name.replaceAll("-", "m")}`,
      contentKey,
      folder: path.join(folder, "platform"),
    });
    const { url, close } = await serve(
      {
        "/crm": crmRoute(world),
        "/clickstream": clickstreamRoute(world, contentKey),
        "/maps": mapsRoute(world, options.mapsQuota ?? 100_000),
      },
      options.port ?? 0,
    );
    return {
      addresses: {
        platform,
        crm: `${url}/crm`,
        clickstream: `${url}/clickstream`,
        maps: `${url}/maps`,
        census: path.join(folder, "census"),
      },
      expectedQuarantine: (end, start) => expectedDirt(world, end, start),
      close: async () => {
        await close();
        await world.close();
      },
    };
  } catch (thrown) {
    await world.close();
    throw thrown;
  }
}

/** Of several processes that want the same world one makes it, and the others wait. */
async function ensureWorld(folder: string, contentKey: string, options: SimulatorOptions): Promise<void> {
  const isMade = async () =>
    (await readFile(path.join(folder, "content-key"), "utf8").catch(() => null)) === contentKey;
  if (await isMade()) return;
  await mkdir(path.dirname(folder), { recursive: true });
  await withLock(`${folder}.lock`, async () => {
    if (!(await isMade())) await makeWorld(folder, contentKey, options);
  });
}

/** Made aside and moved into place whole, so that a start that was cut off leaves nothing half done. */
async function makeWorld(folder: string, contentKey: string, options: SimulatorOptions): Promise<void> {
  const draft = `${folder}.${process.pid}.tmp`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  try {
    const size: WorldOptions = {
      ...options,
      ...config().engine,
      onProgress: (label) => options.onProgress?.(label),
    };
    const world = await buildWorld(path.join(draft, "simulated.duckdb"), size);
    try {
      await makeServed(world, options.onProgress);
      options.onProgress?.("files");
      await writeCensus(world, path.join(draft, "census"));
      await writePlatform(world, path.join(draft, "platform"));
      await writeFile(
        path.join(draft, "dirt.json"),
        `${JSON.stringify(await expectedDirt(world), null, 2)}\n`,
      );
    } finally {
      await world.close();
    }
    await writeFile(path.join(draft, "content-key"), contentKey);
    await rm(folder, { recursive: true, force: true });
    await rename(draft, folder);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** A hash of everything that decides what a world is. */
async function versionOfCode(): Promise<string> {
  const hash = createHash("sha256");
  const mart = path.join("db", "marts", "auto-marketplace");
  for (const folder of [
    path.join(mart, "world"),
    path.join(mart, "sources"),
    path.join("scripts", "simulate"),
  ]) {
    const names = await readdir(path.join(process.cwd(), folder), { recursive: true });
    for (const name of names
      .filter((file) => /\.(sql|csv|ts)$/.test(file) && !file.includes(".test."))
      .sort()) {
      hash.update(name).update(await readFile(path.join(process.cwd(), folder, name)));
    }
  }
  return hash.digest("hex").slice(0, 12);
}
