import { readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Lineage, Manifest, TestResult } from "@/lib/dbt";
import type { PipelineMart } from "@/lib/pipeline/mart";
import type { StepFiles } from "@/lib/pipeline/step-context";
import { openDuckDbWarehouse } from "@/lib/warehouse";
import { aBakeryProject } from "@/tests/support/bakeries";
import { setUpBuild } from "@/tests/support/build-steps";
import { temporaryFolder } from "@/tests/support/temporary-folder";

let folder: string;
let directory: string;
let runs: Awaited<ReturnType<typeof setUpBuild>>;
beforeEach(async () => {
  folder = await temporaryFolder();
  const project = await aBakeryProject(folder);
  directory = project.directory;
  const mart: PipelineMart = {
    ...{ name: "bakeries", title: "Bakeries", projectDirectory: directory, entities: [] },
    sources: ["shops", "sales"].map((name) => ({
      ...{ name, source: "till", protocol: "csv", description: "", key: [], references: [], changes: 1 },
      row: {} as PipelineMart["sources"][number]["row"],
    })),
    aliases: async () => ({}),
    augment: async ({ files }) => {
      await files.write("scores.parquet", path.join(project.vars.augment ?? "", "scores.parquet"));
      return { facts: [{ label: "scores", value: 5 }] };
    },
  };
  runs = await setUpBuild(folder, mart, project.vars.conformed ?? "");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const json = async <T>(files: StepFiles, step: "build" | "augment", name: string): Promise<T> =>
  JSON.parse(await readFile(await files.read(step, name), "utf8"));

async function tablesOf(files: StepFiles, step: "build" | "augment") {
  const file = await files.read(step, "mart.duckdb");
  const warehouse = await openDuckDbWarehouse({ path: file, writableDirectories: [] });
  try {
    const { rows } = await warehouse.query("select table_name from duckdb_tables() order by 1");
    return await Promise.all(
      rows.flat().map(async (name) => [name, (await warehouse.query(`from ${name}`)).rows.length]),
    );
  } finally {
    await warehouse.close();
  }
}

it("builds what needs no augmentation, then the rest into a copy, and leaves what pages are made of", async () => {
  const build = await runs.run("build");
  expect(build.files.written.map(({ name }) => name).sort()).toEqual([
    ...["lineage.json", "manifest.json", "mart.duckdb", "tests.json"],
  ]);
  expect(await tablesOf(build.files, "build")).toEqual([
    ["SHOPS", 3],
    ["SHOP_SALES", 2],
  ]);
  expect(build.report?.facts).toEqual([
    { label: "models", value: 5 },
    { label: "tables", value: 2 },
    { label: "features", value: 15 },
    { label: "rows", value: 5 },
    { label: "tests", value: 7 },
    { label: "tests failed", value: 0 },
  ]);
  expect(build.told.at(-1)).toMatch(/ 5\/5$/);
  expect(build.logged).toContainEqual(expect.stringMatching(/^shops: 3 rows, 4 columns, \d+\.\d\d s$/));

  const augment = await runs.run("augment");
  expect(await tablesOf(augment.files, "augment")).toEqual([
    ["SHOPS", 3],
    ["SHOP_SALES", 2],
    ["SHOP_SCORES", 3],
  ]);
  expect(augment.report?.facts.slice(0, 3)).toEqual([
    { label: "scores", value: 5 },
    { label: "models", value: 3 },
    { label: "tables", value: 1 },
  ]);
  const lineage = await json<Lineage>(augment.files, "augment", "lineage.json");
  expect(lineage.shop_scores?.score).toEqual(["augment.scores.score"]);
  expect((await json<Lineage>(build.files, "build", "lineage.json")).shop_scores?.score).toBeNull();
  const manifest = await json<Manifest>(augment.files, "augment", "manifest.json");
  expect(manifest.metadata.vars).toEqual({ stamp: "v2026.11", end: "2026-11-01 00:00:00" });
  expect(manifest.nodes["model.bakeries.stg_sales"]?.columns).toHaveProperty("days_back");
  const tests = await json<TestResult[]>(augment.files, "augment", "tests.json");
  expect(tests.map(({ test }) => test)).toContain("positive_shop_scores_0__SCORE");
});

it("leaves the same files when run again", async () => {
  const hashes = async () => {
    const { files } = await runs.run("build");
    return files.written
      .filter(({ name }) => name !== "mart.duckdb")
      .map(({ name, sha256 }) => [name, sha256]);
  };
  expect(await hashes()).toEqual(await hashes());
});

it("keeps the SQL of a model that failed where it says, and names no file of this machine", async () => {
  const model = path.join(directory, "models", "intermediate", "int_shop_days.sql");
  await writeFile(model, (await readFile(model, "utf8")).replace("sum(price)", "sum(prize)"));
  const { message } = await runs.run("build").catch((thrown) => thrown);
  expect(message).toContain("int_shop_days (models/intermediate/int_shop_days.sql) failed in line 2");
  expect(message).not.toContain(folder);
  const [, key = ""] = /kept in the object store: (\S+)$/.exec(message) ?? [];
  expect(await readFile(path.join(folder, "store", key), "utf8")).toContain("sum(prize)::double");
});

it("halts where a model in between is wrong, since the gate will not see it", async () => {
  await writeFile(
    path.join(directory, "tests", "no_cake.sql"),
    "select * from {{ ref('int_shop_days') }} where kind = 'cake'",
  );
  await expect(runs.run("build")).rejects.toMatchObject({
    code: "QUERY_FAILED",
    message: expect.stringMatching(/^Tests of the models in between failed: no_cake \(\d+ rows\)/),
  });
});
