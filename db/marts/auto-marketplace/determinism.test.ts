import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readRegistry } from "@/lib/registry";
import { openDuckDbWarehouse } from "@/lib/warehouse";
import { buildDemoMart } from ".";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "demo-mart-twice-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

// Three whole builds.
const timeout = 240_000;

it("makes the same tables from one seed, whatever the threads, and others from another", {
  timeout,
}, async () => {
  const [first, again, other] = [
    await contents({ sellers: 120, seed: 11, threads: 1 }),
    await contents({ sellers: 120, seed: 11, threads: 4 }),
    await contents({ sellers: 120, seed: 12, threads: 1 }),
  ];
  expect(Object.keys(first)).toHaveLength(13);
  expect(again).toEqual(first);
  expect(other.SELLER_GEO_FEATURES).not.toEqual(first.SELLER_GEO_FEATURES);
  expect(other.registry).not.toEqual(first.registry);
});

/** SHA-256 of every table's rows in order, and the registry's own hash. */
async function contents(options: { sellers: number; seed: number; threads: number }) {
  const file = path.join(folder, `${options.seed}-${options.threads}.duckdb`);
  await buildDemoMart(file, options);
  const warehouse = await openDuckDbWarehouse({ path: file, writableDirectories: [folder] });
  try {
    const registry = await readRegistry(warehouse);
    const hashes: Record<string, string> = { registry: registry.contentHash };
    for (const { name } of registry.tables) {
      const { rows } = await warehouse.query(`select * from ${name}`);
      hashes[name] = createHash("sha256").update(JSON.stringify(rows)).digest("hex");
    }
    return hashes;
  } finally {
    await warehouse.close();
  }
}
