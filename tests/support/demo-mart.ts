import { cp, rm } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, inject, vi } from "vitest";
import { closeMarts, listMarts } from "@/lib/mart";
import { withLock } from "@/lib/mart/lock";
import { createTestDatabase, type TestDatabase } from "./database";
import { temporaryFolder } from "./temporary-folder";
import { publishWorldMart } from "./world-mart";

/** Gives a test file all that turns stand on: a data folder with a demo mart of this size, and a database. */
export function setUpDemoMart(sellers: number): { database: () => TestDatabase } {
  let dataDir: string;
  let database: TestDatabase;

  beforeAll(async () => {
    dataDir = await temporaryFolder();
    vi.stubEnv("DATA_DIR", dataDir);
    vi.stubEnv("LOG_LEVEL", "error");
    database = await createTestDatabase();
    await copyWorldMart(sellers, dataDir);
  });

  afterAll(async () => {
    await closeMarts();
    await database.drop();
    await rm(dataDir, { recursive: true, force: true });
  });

  return { database: () => database };
}

/** The mart's core tables, built by whichever test file of the run asks first. */
export async function copyWorldMart(sellers: number, dataDir: string): Promise<void> {
  const shared = path.join(inject("martsFolder"), `${sellers}-sellers`);
  await withLock(`${shared}.lock`, async () => {
    if ((await listMarts({ dataDir: shared })).length === 0) await publishWorldMart(shared, { sellers });
  });
  await cp(shared, dataDir, { recursive: true });
}
