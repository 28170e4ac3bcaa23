import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { closeMarts, openMart } from "@/lib/mart";
import type { PipelineMart } from "@/lib/pipeline/mart";
import { type GateReport, summarizeGates } from "@/lib/quality/gates";
import { openDuckDbWriter, quoteText } from "@/lib/warehouse";
import { aBakeryProject } from "@/tests/support/bakeries";
import { setUpBuild } from "@/tests/support/build-steps";
import { temporaryFolder } from "@/tests/support/temporary-folder";

let folder: string;
let mart: PipelineMart;
let conformed: string;
beforeAll(async () => {
  folder = await temporaryFolder();
  vi.stubEnv("DATA_DIR", path.join(folder, "data"));
  const project = await aBakeryProject(folder);
  conformed = project.vars.conformed ?? "";
  mart = {
    ...{ name: "bakeries", title: "Bakeries", projectDirectory: project.directory, entities: [] },
    sources: ["shops", "sales"].map((name) => ({
      ...{ name, source: "till", protocol: "csv", description: "", key: [], references: [], changes: 1 },
      row: {} as PipelineMart["sources"][number]["row"],
    })),
    aliases: async () => ({}),
    augment: async ({ files }) => {
      await files.write("scores.parquet", path.join(project.vars.augment ?? "", "scores.parquet"));
      return { facts: [] };
    },
  };
});
afterAll(async () => {
  await closeMarts();
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

async function upToGate(stamp: string, previous: string | null, shops?: number) {
  if (shops) await openShops(shops);
  const runs = await setUpBuild(folder, mart, conformed, { stamp, previous });
  await runs.run("build");
  await runs.run("augment");
  return runs;
}

/** That many shops, of which the first sell. */
async function openShops(count: number): Promise<void> {
  const writer = await openDuckDbWriter(path.join(folder, "shops.duckdb"));
  const file = quoteText(path.join(conformed, "shops.parquet"));
  await writer.run(
    `copy (select 's' || i as shop_id, 'Pune' as town, date '2020-01-01' as opened_on from range(1, ${count} + 1) r(i)) to ${file}`,
  );
  await writer.close();
}

const current = async () => (await openMart("bakeries")).stamp;

it("publishes a first stamp, halts a wrong second one without touching it, and publishes the mended one", async () => {
  const first = await upToGate("v2026.10", null);
  expect((await first.run("gate")).report.facts[0]).toEqual({
    label: "compared with",
    value: "nothing: it is the first stamp",
  });
  await first.run("publish");
  const { registry, warehouse } = await openMart("bakeries");
  expect(registry.stamp).toBe("v2026.10");
  expect(registry.tables.map(({ name, rowCount }) => [name, rowCount])).toContainEqual(["SHOPS", 3]);
  expect((await warehouse.query("select distinct STAMP from SHOPS")).rows).toEqual([["v2026.10"]]);

  const wrong = await upToGate("v2026.11", "v2026.10", 9);
  await expect(wrong.run("gate")).rejects.toMatchObject({
    code: "GATE_HALTED",
    message: expect.stringContaining("SHOPS has 9 rows, 3 in the stamp before."),
    details: {
      files: ["gates.json", "gates-summary.json", "profile.json"].map((name) =>
        expect.objectContaining({ name }),
      ),
    },
  });
  const kept = async (file: string) =>
    JSON.parse(
      await readFile(path.join(folder, "store", "marts", "bakeries", "v2026.11", "gate", file), "utf8"),
    );
  const report: GateReport = await kept("gates.json");
  expect(report).toMatchObject({ halted: true, reference: "v2026.10" });
  expect(await kept("gates-summary.json")).toEqual(summarizeGates(report));
  expect(await current()).toBe("v2026.10");

  const mended = await upToGate("v2026.11", "v2026.10", 3);
  await mended.run("gate");
  await mended.run("publish");
  expect(await current()).toBe("v2026.11");
  expect((await openMart("bakeries", { stamp: "v2026.10" })).registry.stamp).toBe("v2026.10");
});

it("publishes an older stamp beside the current one", async () => {
  const older = await upToGate("v2026.09", null, 3);
  await older.run("gate");
  // What a killed process had begun: no process has this number.
  const marts = path.join(folder, "data", "marts", "bakeries");
  await writeFile(path.join(marts, ".building-4194305-v2026.09-left.duckdb"), "half a mart");
  const { report } = await older.run("publish");
  expect(report.facts).toContainEqual({ label: "current stamp", value: "v2026.11" });
  expect((await readdir(marts)).filter((name) => name.startsWith(".building"))).toEqual([]);
  expect(await current()).toBe("v2026.11");
  expect((await openMart("bakeries", { stamp: "v2026.09" })).stamp).toBe("v2026.09");
});

it("halts where a test of the project fails on a table of the mart", async () => {
  await openShops(3);
  const runs = await setUpBuild(folder, mart, conformed, { stamp: "v2026.12", previous: "v2026.11" });
  await runs.run("build");
  await runs.run("augment");
  const tests = path.join(folder, "store", "marts", "bakeries", "v2026.12", "augment", "tests.json");
  const results = JSON.parse(await readFile(tests, "utf8"));
  await writeFile(tests, JSON.stringify([{ ...results[0], status: "fail", failures: 2 }]));
  await expect(runs.run("gate")).rejects.toMatchObject({
    code: "GATE_HALTED",
    message: expect.stringContaining("found 2 rows"),
  });
});
