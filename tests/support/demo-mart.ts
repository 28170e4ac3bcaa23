import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, inject, vi } from "vitest";
import { closeMarts } from "@/lib/mart";
import { withLock } from "@/lib/mart/lock";
import { createTestDatabase, type TestDatabase } from "./database";
import { temporaryFolder } from "./temporary-folder";
import { buildWorldMart, publishWorldFile } from "./world-mart";

const patience = 600_000;

/** Gives a test file all that turns stand on: a data folder with a demo mart of this size, and a database. */
export function setUpDemoMart(sellers: number): { database: () => TestDatabase } {
  let dataDir: string;
  let database: TestDatabase;

  beforeAll(async () => {
    dataDir = await temporaryFolder();
    vi.stubEnv("DATA_DIR", dataDir);
    vi.stubEnv("LOG_LEVEL", "error");
    database = await createTestDatabase();
  });
  // Building takes a while on a busy machine, and publishing to a service too.
  beforeAll(() => worldMartFile(sellers), patience);
  beforeAll(() => copyWorldMart(sellers, dataDir), patience);

  afterAll(async () => {
    await closeMarts();
    await database.drop();
    await rm(dataDir, { recursive: true, force: true });
  });

  return { database: () => database };
}

/** Publishes the mart's core tables to the warehouse of the settings. */
export async function copyWorldMart(sellers: number, dataDir: string): Promise<void> {
  await publishWorldFile(await worldMartFile(sellers), dataDir);
}

/** A file with the mart's core tables, built by whichever test file of the run asks first. Not to be changed. */
export async function worldMartFile(sellers: number): Promise<string> {
  const file = path.join(inject("martsFolder"), `${sellers}-sellers.duckdb`);
  await withLock(`${file}.lock`, async () => {
    if (existsSync(file)) return;
    const draft = `${file}.draft`;
    await rm(draft, { force: true });
    await buildWorldMart(draft, { sellers });
    await rename(draft, file);
  });
  return file;
}
