import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { folderStore, type ObjectStore } from "@/lib/objects";
import type { PipelineMart, Step } from "./mart";
import { resolveParameters, stampsBetween } from "./parameters";
import { runStep } from "./run-step";
import { readStepReport } from "./step-report";
import type { StepName, StepParameters } from "./steps";

let folder: string;
let store: ObjectStore;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "run-step-"));
  store = folderStore(path.join(folder, "objects"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const mart: PipelineMart = {
  ...{ name: "small", title: "Small", sources: [], projectDirectory: "", entities: [] },
  aliases: async () => ({}),
  augment: async () => ({ facts: [] }),
};
const parameters: StepParameters = {
  ...{ mart: "small", stamp: "v2026.11", previous: null },
  ...{ start: "1970-01-01T00:00:00Z", end: "2026-11-01T00:00:00Z" },
};

const writes: Step = async ({ files }) => {
  await files.writeJson("data.json", { some: "thing" });
  return { quarantine: [], facts: [{ label: "things", value: 1 }] };
};

function run(step: StepName, work: Step = writes, changed: Partial<StepParameters> = {}) {
  const given = { step, mart, store, run: work, parameters: { ...parameters, ...changed }, dataDir: folder };
  return runStep({ ...given, onLog: () => {}, onProgress: () => {}, signal: new AbortController().signal });
}

it("stores the step's files and its report last, and leaves no scratch", async () => {
  let scratch = "";
  const report = await run("extract", async (context, of) => {
    scratch = context.scratch;
    await writeFile(path.join(scratch, "spill"), "x");
    const done = await writes(context, of);
    expect(await readStepReport(store, parameters, "extract")).toBeNull();
    return done;
  });
  expect(report).toMatchObject({ step: "extract", parameters, after: null, facts: [{ value: 1 }] });
  expect(report.files.map(({ name }) => name)).toEqual(["data.json"]);
  expect(await readStepReport(store, parameters, "extract")).toEqual(report);
  expect(scratch).toContain(folder);
  expect(await readdir(path.join(folder, "pipeline"))).toEqual([]);
});

it("leaves no report of a step that failed, whatever it had before", async () => {
  await run("extract");
  await expect(
    run("extract", async ({ files }) => {
      await files.writeJson("half.json", {});
      throw new Error("no more");
    }),
  ).rejects.toThrow("no more");
  expect(await readStepReport(store, parameters, "extract")).toBeNull();
  expect(await store.exists("marts/small/v2026.11/extract/data.json")).toBe(false);
  expect(await readdir(path.join(folder, "pipeline"))).toEqual([]);
});

it("refuses a step whose earlier step is missing, of other parameters, or of an earlier result", async () => {
  await expect(run("conform")).rejects.toMatchObject({
    code: "PIPELINE_STEP_MISSING",
    message: "conform of v2026.11 cannot be run: extract has not been run. Run again from extract.",
  });
  await run("extract");
  await run("conform");
  await expect(run("build", writes, { end: "2026-10-15T00:00:00Z" })).rejects.toMatchObject({
    message: expect.stringContaining(
      "extract was run with end 2026-11-01T00:00:00Z, not 2026-10-15T00:00:00Z",
    ),
  });
  await run("extract", async ({ files }) => {
    await files.writeJson("data.json", { other: "thing" });
    return { quarantine: [], facts: [] };
  });
  await expect(run("build")).rejects.toMatchObject({
    message: "build of v2026.11 cannot be run: conform stands on an earlier result. Run again from conform.",
  });
  await run("conform");
  expect((await run("build")).after).toMatch(/^[0-9a-f]{64}$/);
});

it("leaves equal files when a step is run again", async () => {
  const stored = async () => readFile(store.locate("marts/small/v2026.11/extract/step.json"), "utf8");
  await run("extract");
  const first = await stored();
  await run("extract");
  expect(await stored()).toBe(first);
});

it("finds parameters: END by the stamp, the newest published stamp before, START where that ended", async () => {
  const at = { mart: "small", stamp: "v2026.11" };
  expect(await resolveParameters(store, at)).toEqual(parameters);
  const steps: StepName[] = ["extract", "conform", "build", "augment", "gate", "publish"];
  const earlier = { stamp: "v2026.08", end: "2026-08-15T00:00:00Z" };
  for (const step of steps.slice(0, -1)) await run(step, writes, earlier);
  // It was never published.
  expect(await resolveParameters(store, at)).toEqual(parameters);
  await run("publish", writes, earlier);
  const increment = { ...parameters, previous: "v2026.08", start: "2026-08-15T00:00:00Z" };
  expect(await resolveParameters(store, at)).toEqual(increment);
  expect(await resolveParameters(store, { ...at, previous: null })).toEqual(parameters);
  // Later steps have what extract had, also when another stamp was published since.
  await run("extract");
  expect(await resolveParameters(store, at, "gate")).toEqual(parameters);
  expect(await resolveParameters(store, { ...at, previous: "v2026.08" }, "gate")).toEqual(increment);
});

it.each([
  [{ stamp: "2026-11" }, "A stamp looks like v2026.11"],
  [{ end: "yesterday" }, "end is a UTC instant"],
  [{ start: "2026-12-01T00:00:00Z" }, "is not before END"],
  [{ previous: "v2026.12" }, "no conformed tables of v2026.12"],
])("refuses the parameters %j", async (wrong, message) => {
  const asked = { mart: "small", stamp: "v2026.11", ...wrong };
  await expect(resolveParameters(store, asked)).rejects.toMatchObject({
    message: expect.stringContaining(message),
  });
});

it("lists stamps across a year's end, and refuses what is backwards or endless", () => {
  expect(stampsBetween("v2026.11", "v2027.02")).toEqual(["v2026.11", "v2026.12", "v2027.01", "v2027.02"]);
  expect(stampsBetween("v2026.11", "v2026.11")).toEqual(["v2026.11"]);
  expect(() => stampsBetween("v2026.11", "v2026.10")).toThrow("name 1 to 60");
  expect(() => stampsBetween("v1990.01", "v2026.10")).toThrow("name 1 to 60");
});
