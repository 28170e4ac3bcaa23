import { mkdtemp, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import type { Manifest, ManifestNode, TestResult } from "@/lib/dbt";
import { openObjectStore } from "@/lib/objects";
import { stepFiles } from "@/lib/pipeline/step-context";
import { type StepName, stepKey } from "@/lib/pipeline/steps";
import { aRunOf } from "@/tests/support/a-run-of";
import { setUpDataFolder } from "@/tests/support/data-folder";
import { projectStep, readProject } from "./read-project";
import { readTableDocs } from "./table-docs";

const parameters = { mart: "auto-marketplace", stamp: "v2026.11", start: "", end: "", previous: null };
const id = "model.m.shops";
const node = (unique_id: string, more: Partial<ManifestNode>) =>
  ({
    unique_id,
    columns: {},
    compiled_code: "",
    description: "",
    original_file_path: "",
    ...more,
  }) as ManifestNode;
const test = (name: string) =>
  node(`test.m.${name}`, { name, attached_node: id, column_name: "SHOP_ID", config: { test: name } });
const meta = { entity: "shop", grain: ["SHOP_ID"], keys: [], owner: "tests" };
const nodes = [
  node(id, { name: "shops", relation_name: "SHOPS", config: { meta } }),
  test("unique"),
  test("not_null"),
];

const folder = setUpDataFolder();

/** What a step of a run of this stamp leaves, in the place of what was there. */
async function leave(step: StepName, version: string, tests: Partial<TestResult>[]) {
  const store = openObjectStore();
  await store.removeAll(path.posix.dirname(stepKey(parameters, step, "step.json")));
  const scratch = await mkdtemp(path.join(folder(), "scratch-"));
  const files = stepFiles(store, parameters, step, scratch);
  const manifest: Partial<Manifest> = {
    metadata: { project_name: "m", project_version: version, adapter_type: "duckdb", vars: {} },
    nodes: Object.fromEntries(nodes.map((one) => [one.unique_id, one])),
  };
  await files.writeJson("manifest.json", manifest);
  await files.writeJson("lineage.json", {});
  await files.writeJson("tests.json", tests);
  const report = path.join(scratch, "step.json");
  await writeFile(report, JSON.stringify({ step, parameters, files: files.written }));
  await store.putFile(stepKey(parameters, step, "step.json"), report);
  return { status: "succeeded" as const, files: files.written };
}

it("reads the project that the run itself left, not what another run of the stamp put in its place", async () => {
  const first = aRunOf(parameters, {
    build: await leave("build", "1", []),
    augment: await leave("augment", "1", []),
  });
  expect([projectStep(first), (await readProject(first))?.manifest.metadata.project_version]).toEqual([
    "augment",
    "1",
  ]);
  expect(await readProject(aRunOf(parameters, {}))).toBeNull();

  const second = aRunOf(parameters, { build: await leave("build", "2", []), augment: { status: "running" } });
  expect([projectStep(second), (await readProject(second))?.manifest.metadata.project_version]).toEqual([
    "build",
    "2",
  ]);
  // The other run has not come so far that it replaced this one's.
  expect((await readProject(first))?.manifest.metadata.project_version).toBe("1");
  await leave("augment", "2", []);
  expect(await readProject(first)).toBeNull();
});

it("lists the tests that the project declares, and what they found once it is known", async () => {
  const passed = { test: "unique", status: "pass" as const, failures: 0 };
  const build = await leave("build", "3", [passed]);
  const augment = await leave("augment", "3", [{ test: "not_null", status: "fail" as const, failures: 2 }]);
  const run = aRunOf(parameters, { build, augment });
  const found = async () => {
    const project = await readProject(run);
    const docs = project && (await readTableDocs(run, project, "SHOPS", ""));
    return docs?.tests.map((one) => [one.test, one.column, one.found?.failures]);
  };
  expect(await found()).toEqual([
    ["unique", "SHOP_ID", 0],
    ["not_null", "SHOP_ID", 2],
  ]);
  // Another run builds the stamp anew.
  await openObjectStore().removeAll(`marts/${parameters.mart}/${parameters.stamp}/build`);
  expect(await found()).toEqual([
    ["unique", "SHOP_ID", undefined],
    ["not_null", "SHOP_ID", 2],
  ]);
});
