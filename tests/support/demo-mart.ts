import { rm } from "node:fs/promises";
import { afterAll, beforeAll, vi } from "vitest";
import { ensureDemoMart } from "@/db/marts/auto-marketplace";
import { closeMarts } from "@/lib/mart";
import { createTestDatabase, type TestDatabase } from "./database";
import { temporaryFolder } from "./temporary-folder";

/** Gives a test file all that turns stand on: a data folder with a demo mart of this size, and a database. */
export function setUpDemoMart(sellers: number): { database: () => TestDatabase } {
  let dataDir: string;
  let database: TestDatabase;

  beforeAll(async () => {
    dataDir = await temporaryFolder();
    vi.stubEnv("DATA_DIR", dataDir);
    vi.stubEnv("LOG_LEVEL", "error");
    database = await createTestDatabase();
    await ensureDemoMart({ sellers, dataDir });
  });

  afterAll(async () => {
    await closeMarts();
    await database.drop();
    await rm(dataDir, { recursive: true, force: true });
  });

  return { database: () => database };
}
