import { rm } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { sourceTables } from "@/db/marts/auto-marketplace/sources";
import type { SourceTable } from "@/lib/pipeline/source-table";
import { type Simulator, startSimulator } from "@/scripts/simulate/simulator";
import { createTestDatabase, type TestDatabase } from "./support/database";
import { runExtract } from "./support/run-extract";
import { temporaryFolder } from "./support/temporary-folder";

/** What extract sets aside; the rest of the dirt can be read and is for conform. */
const unreadable = ["broken_encoding", "broken_record", "cell_too_large"];

let folder: string;
let database: TestDatabase;
let simulator: Simulator;

beforeAll(async () => {
  folder = await temporaryFolder();
  database = await createTestDatabase();
  simulator = await startSimulator({ sellers: 60, seed: 7, dataDir: folder, serverUrl: database.url });
});
afterAll(async () => {
  await simulator.close();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

async function expectTheDirt(sources: SourceTable[], start: string, end: string) {
  const cacheDirectory = path.join(folder, "cache");
  const read = await runExtract(sources, simulator.addresses, { start, end, cacheDirectory });
  const of = new Set(sources.map(({ source }) => source));
  const planted = (await simulator.expectedQuarantine(end, start))
    .filter(({ reason, source }) => unreadable.includes(reason) && of.has(source))
    .map(({ table, reason, column, rows }) => JSON.stringify({ table, reason, column, rows }));
  expect(read.quarantine.map((row) => JSON.stringify(row)).sort()).toEqual(planted.sort());
  for (const source of of) {
    const landed = read.facts.find(({ label }) => label === `${source}: landed`);
    expect(Number(landed?.value)).toBeGreaterThan(100);
  }
  return { planted };
}

it("reads the simulated sources, and sets aside exactly the dirt that cannot be read", async () => {
  const { planted } = await expectTheDirt(sourceTables, "1970-01-01T00:00:00Z", "2026-10-01T00:00:00Z");
  expect(planted.length).toBeGreaterThan(5);
}, 240_000);

it("reads of the next month what came to be in it", async () => {
  const changing = sourceTables.filter(({ protocol }) => !["csv", "maps"].includes(protocol));
  await expectTheDirt(changing, "2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z");
}, 120_000);
