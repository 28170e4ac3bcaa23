import { createHash } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { folderStore, type ObjectStore } from "@/lib/objects";
import type { PipelineMart, Step } from "./mart";
import { resolveParameters, stampsBetween } from "./parameters";
import { runStep } from "./run-step";
import { readStepReport } from "./step-report";
import { type StepName, type StepParameters, stepNames } from "./steps";

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

/** A run of extract that has written a file, and goes on to `end` when it is told to. */
async function begun(end: Step) {
  const news = new EventEmitter();
  const told = once(news, "go on");
  const over = run("extract", async (context, of) => {
    await context.files.writeJson("one.json", 1);
    news.emit("written");
    await told;
    return end(context, of);
  });
  const failure = over.then(
    () => null,
    (thrown) => thrown,
  );
  await once(news, "written");
  return { goOn: () => news.emit("go on"), failure };
}

it.each<[string, Step]>([
  ["has still to write", writes],
  ["has only to end", async () => ({ quarantine: [], facts: [] })],
  ["fails of it", () => Promise.reject(new Error("ENOENT"))],
])("lets the one that began last of two at once go on, where the other %s", async (_, end) => {
  const first = await begun(end);
  const report = await run("extract");
  first.goOn();
  expect(await first.failure).toMatchObject({
    code: "PIPELINE_ACTIVE",
    message: expect.stringMatching(/^Process \d+ of .+ began extract of v2026.11 anew/),
  });
  expect(await readStepReport(store, parameters, "extract")).toEqual(report);
  for (const { name, sha256 } of report.files) {
    const body = await store.get(`marts/small/v2026.11/extract/${name}`);
    expect(createHash("sha256").update(body).digest("hex")).toBe(sha256);
  }
});

it("reports no file that another process removed which died then, and can be run again", async () => {
  const first = await begun(writes);
  await expect(run("extract", () => Promise.reject(new Error("killed")))).rejects.toThrow("killed");
  first.goOn();
  expect(await first.failure).toMatchObject({ code: "PIPELINE_ACTIVE" });
  expect(await readStepReport(store, parameters, "extract")).toBeNull();
  await run("extract");
});

it("leaves equal files when a step is run again", async () => {
  const stored = async () => readFile(store.locate("marts/small/v2026.11/extract/step.json"), "utf8");
  await run("extract");
  const first = await stored();
  await run("extract");
  expect(await stored()).toBe(first);
});

const now = new Date("2026-11-22T10:00:00Z");
const resolve = (asked: Partial<StepParameters> = {}, step: StepName = "extract") =>
  resolveParameters(store, { mart: "small", stamp: "v2026.11", ...asked }, { step, now });

it("finds parameters: END by the stamp, the newest published stamp before, START where that ended", async () => {
  expect(await resolve()).toEqual(parameters);
  const earlier = { stamp: "v2026.08", end: "2026-08-15T00:00:00Z" };
  for (const step of stepNames.slice(0, -1)) await run(step, writes, earlier);
  // It was never published.
  expect(await resolve()).toEqual(parameters);
  await expect(resolve({ previous: "v2026.08" })).rejects.toMatchObject({
    code: "PIPELINE_STEP_MISSING",
    message: expect.stringContaining("v2026.08 was not published, so no later stamp can be built on it."),
  });
  await run("publish", writes, earlier);
  const increment = { ...parameters, previous: "v2026.08", start: "2026-08-15T00:00:00Z" };
  expect(await resolve()).toEqual(increment);
  expect(await resolve({ previous: null })).toEqual(parameters);
  // Later steps have what extract had, also when another stamp was published since.
  await run("extract");
  expect(await resolve({}, "gate")).toEqual(parameters);
  expect(await resolve({ previous: "v2026.08" }, "gate")).toEqual(increment);
});

it("builds on no stamp that was rerun since it was published and halted, until it is run to its end", async () => {
  const earlier = { stamp: "v2026.10", end: "2026-10-01T00:00:00Z" };
  for (const step of stepNames) await run(step, writes, earlier);
  const increment = { ...parameters, previous: "v2026.10", start: earlier.end };
  expect(await resolve()).toEqual(increment);
  const drifted: Step = async ({ files }) => {
    await files.writeJson("data.json", "drifted");
    return { quarantine: [], facts: [] };
  };
  for (const step of stepNames.slice(0, 4)) await run(step, drifted, earlier);
  await expect(run("gate", () => Promise.reject(new Error("halted")), earlier)).rejects.toThrow("halted");
  const refusal = {
    code: "PIPELINE_STEP_MISSING",
    message: expect.stringMatching(/^v2026.10 was begun again since it was published .*Run v2026.10 again/),
  };
  await expect(resolve()).rejects.toMatchObject(refusal);
  await expect(resolve({ previous: "v2026.10", start: earlier.end }, "gate")).rejects.toMatchObject(refusal);
  await run("gate", drifted, earlier);
  // What is published is of the earlier result still.
  await expect(resolve()).rejects.toMatchObject(refusal);
  expect(await resolve({ ...earlier }, "publish")).toEqual({ ...parameters, ...earlier });
  await run("publish", drifted, earlier);
  expect(await resolve()).toEqual(increment);
});

it.each([
  [{ stamp: "2026-11" }, "A stamp looks like v2026.11"],
  [{ end: "yesterday" }, "end is a UTC instant"],
  [{ end: "2026-10-31T12:00:00Z" }, "Give the beginning of one in UTC, such as 2026-10-31T00:00:00Z."],
  [{ start: "2026-12-01T00:00:00Z" }, "is not before END"],
  [{ previous: "v2026.12" }, "The previous stamp v2026.12 is not earlier than v2026.11."],
  [{ previous: "v2026.1x", start: "2026-10-01T00:00:00Z" }, 'A stamp looks like v2026.11, not "v2026.1x".'],
  [{ previous: "v2026.10", start: "2026-10-01T00:00:00Z" }, "v2026.10 was not published"],
  [{ stamp: "v2026.12" }, "v2026.12 holds what happens before 2026-12-01T00:00:00Z, which is still ahead."],
  [{ end: "2026-11-23T00:00:00Z" }, "Build it from then on"],
])("refuses the parameters %j", async (wrong, message) => {
  await expect(resolve(wrong)).rejects.toMatchObject({ message: expect.stringContaining(message) });
});

it("takes an END ahead where the simulated sources know what happens until then, and no later one", async () => {
  const knownUntil = "2026-12-01T00:00:00Z";
  const ending = (stamp: string) => resolveParameters(store, { mart: "small", stamp }, { now, knownUntil });
  expect((await ending("v2026.12")).end).toBe(knownUntil);
  await expect(ending("v2027.01")).rejects.toMatchObject({ code: "BAD_INPUT" });
  // What has passed may always be built.
  const later = new Date("2027-03-05T00:00:00Z");
  const asked = { mart: "small", stamp: "v2027.03" };
  expect((await resolveParameters(store, asked, { now: later, knownUntil })).end).toBe(
    "2027-03-01T00:00:00Z",
  );
});

it("lists stamps across a year's end, and refuses what is backwards or endless", () => {
  expect(stampsBetween("v2026.11", "v2027.02")).toEqual(["v2026.11", "v2026.12", "v2027.01", "v2027.02"]);
  expect(stampsBetween("v2026.11", "v2026.11")).toEqual(["v2026.11"]);
  expect(() => stampsBetween("v2026.11", "v2026.10")).toThrow("name 1 to 60");
  expect(() => stampsBetween("v1990.01", "v2026.10")).toThrow("name 1 to 60");
});
