import { copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { autoMarketplace } from "@/db/marts/auto-marketplace/pipeline";
import { buildModels, declareTables, readProject } from "@/lib/dbt";
import { localLedger } from "@/lib/language-model";
import { buildFileOf, placeOf, publishMart } from "@/lib/mart";
import { folderStore } from "@/lib/objects";
import { expandRequest } from "@/lib/pipeline/saved-requests";
import { stepFiles } from "@/lib/pipeline/step-context";
import { measureRegistry, writeRegistry } from "@/lib/registry";
import { openDuckDbWriter } from "@/lib/warehouse";
import { dumpTruth } from "@/scripts/simulate/dump";

const stamp = "v2026.11";
const asOf = "2026-11-01T00:00:00Z";

/** Enough for most tests, and quickly built; the whole mart has more than fifty. */
export const coreTables = [
  ...["SELLERS", "CITIES", "AREAS", "LISTINGS", "SELLER_ENGAGEMENT_FEATURES", "CLICKSTREAM_SELLER_90D"],
  ...[
    "CITY_DEMOGRAPHICS_FEATURES",
    "SELLER_GEO_FEATURES",
    "LLM_LOCATION_FEATURES",
    "PROPERTY_MARKET_FEATURES",
  ],
  ...["MARKETING_ENGAGEMENT_FEATURES", "SELLER_TREND_FEATURES"],
];

interface World {
  sellers: number;
  seed?: number;
  tables?: string[] | "all";
}

/** Publishes the marketplace's mart, or some tables of it, under `dataDir`. */
export async function publishWorldMart(dataDir: string, world: World): Promise<void> {
  const place = placeOf(autoMarketplace.name, dataDir);
  await mkdir(place.directory, { recursive: true });
  const file = buildFileOf(place, stamp);
  await buildWorldMart(file, world);
  await publishMart(autoMarketplace.name, stamp, file, { dataDir });
}

/** Publishes a mart that {@link buildWorldMart} built; the file stays. */
export async function publishWorldFile(file: string, dataDir?: string): Promise<void> {
  const place = placeOf(autoMarketplace.name, dataDir);
  await mkdir(place.directory, { recursive: true });
  const copy = buildFileOf(place, stamp);
  await copyFile(file, copy);
  await publishMart(autoMarketplace.name, stamp, copy, { dataDir });
  await rm(copy, { force: true });
}

/**
 * Builds the marketplace's mart into a new file: the real models on what the simulated world knows to be true, which is what
 * extract and conform make of its sources (tests/pipeline holds them to that).
 */
export async function buildWorldMart(
  file: string,
  { sellers, seed = 7, tables = coreTables }: World,
): Promise<void> {
  const scratch = await mkdtemp(path.join(os.tmpdir(), "world-mart-"));
  try {
    const store = path.join(scratch, "store");
    const parameters = {
      mart: autoMarketplace.name,
      stamp,
      start: "2025-05-01T00:00:00Z",
      end: asOf,
      previous: null,
    };
    const conformed = path.join(store, "marts", autoMarketplace.name, stamp, "conform");
    await dumpTruth({ sellers, seed, end: asOf, to: conformed });
    const files = stepFiles(folderStore(store), parameters, "augment", scratch);
    const signal = new AbortController().signal;
    const silent = { log: () => {}, progress: () => {} };
    await autoMarketplace.augment({ parameters, files, scratch, signal, ledger: localLedger(0), ...silent });
    const project = await readProject(autoMarketplace.projectDirectory, {
      ...{ stamp, end: asOf.slice(0, 19).replace("T", " "), conformed },
      augment: path.join(store, "marts", autoMarketplace.name, stamp, "augment"),
    });
    const select = tables === "all" ? undefined : tables.map((table) => table.toLowerCase());
    await buildModels(project, {
      ...{ file, scratch, compiledTo: path.join(scratch, "compiled") },
      ...(select ? { select } : {}),
    });
    const declared = declareTables(project);
    const isBuilt = (table: string) => tables === "all" || tables.includes(table);
    const writer = await openDuckDbWriter(file);
    const registry = await measureRegistry(writer, {
      ...{ mart: autoMarketplace.name, title: autoMarketplace.title, stamp, asOf },
      tables: declared.tables.filter(({ name }) => isBuilt(name)),
      features: declared.features.filter(({ table }) => isBuilt(table)),
      entities: autoMarketplace.entities,
      requests:
        tables === "all" ? autoMarketplace.requests?.map((one) => expandRequest(one, declared.features)) : [],
      aliases: await autoMarketplace.aliases(files),
    });
    await writeRegistry(writer, registry);
    await writer.close();
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
