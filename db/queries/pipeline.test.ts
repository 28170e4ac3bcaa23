import { afterAll, beforeAll, expect, it } from "vitest";
import { aViewer } from "../../tests/support/a-viewer";
import { createTestDatabase, type TestDatabase } from "../../tests/support/database";
import {
  cancelPipelineRun,
  createPipelineRuns,
  getPipelineRun,
  listPipelineLogs,
  listPipelineRuns,
  listPipelineSteps,
} from "./pipeline";
import { appendPipelineLogs, beginPipelineRun, endPipelineRun, setPipelineStep } from "./pipeline-work";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const wanted = (stamp: string) => ({ mart: "small", stamp, asked: {} });
const line = (text: string) => ({ step: null, text, at: "2026-11-01T00:00:00.000Z" });

it("gives nothing to nobody, and everybody's runs to anybody", async () => {
  const nobody = { id: "", name: "" };
  const [run] = await createPipelineRuns(aViewer("Asha"), [wanted("v2026.01")]);
  const id = run?.id ?? "";
  for (const attempt of [
    () => createPipelineRuns(nobody, [wanted("v2026.02")]),
    () => getPipelineRun(nobody, id),
    () => listPipelineRuns(nobody),
    () => listPipelineSteps(nobody, id),
    () => listPipelineLogs(nobody, id),
    () => cancelPipelineRun(nobody, id),
  ]) {
    await expect(attempt()).rejects.toMatchObject({ code: "NOT_SIGNED_IN" });
  }
  const [listed] = await listPipelineRuns(aViewer(), { mart: "small", stamp: "v2026.01" });
  expect(listed).toMatchObject({ id, status: "queued", startedByName: "Asha" });
  expect(await listPipelineSteps(aViewer(), id)).toHaveLength(6);
});

it("queues nothing of several where one is under way, unless that one is to be joined", async () => {
  const viewer = aViewer();
  const [first] = await createPipelineRuns(viewer, [wanted("v2026.04")]);
  const several = [wanted("v2026.03"), wanted("v2026.04"), wanted("v2026.05")];
  await expect(createPipelineRuns(viewer, several)).rejects.toMatchObject({
    code: "PIPELINE_ACTIVE",
    details: { runId: first?.id, stamp: "v2026.04" },
  });
  expect(await listPipelineRuns(viewer, { stamp: "v2026.03" })).toEqual([]);
  const joined = await createPipelineRuns(viewer, several, { ifActive: "join" });
  expect(joined.map(({ stamp }) => stamp)).toEqual(["v2026.03", "v2026.04", "v2026.05"]);
  expect(joined[1]?.id).toBe(first?.id);
  expect(joined[2]?.afterRunId).toBe(first?.id);
});

it("queues no more than twelve runs of a mart that people ask for, however many ask at once, and any backfill", async () => {
  const viewer = aViewer();
  const of = (stamp: string, more = {}) => ({ mart: "busy", stamp, asked: {}, ...more });
  const month = (at: number) => `v${2000 + at}.01`;
  const asked = await Promise.allSettled(
    Array.from({ length: 16 }, (_, at) => createPipelineRuns(viewer, [of(month(at))])),
  );
  expect(asked.filter(({ status }) => status === "fulfilled")).toHaveLength(12);
  expect(asked.find(({ status }) => status === "rejected")).toMatchObject({
    reason: { code: "PIPELINE_FULL", message: expect.stringContaining("12 runs of busy are queued") },
  });
  const active = await listPipelineRuns(viewer, { mart: "busy" });
  expect(active).toHaveLength(12);
  const many = Array.from({ length: 20 }, (_, at) => of(`v2100.${at}`, { trigger: "backfill" }));
  expect(await createPipelineRuns(viewer, many)).toHaveLength(20);
  await cancelPipelineRun(viewer, active[0]?.id ?? "");
  expect(await createPipelineRuns(viewer, [of(month(30))])).toHaveLength(1);
});

it("numbers log lines without gaps, whoever writes at once, and stores what PostgreSQL cannot", async () => {
  const viewer = aViewer();
  const [run] = await createPipelineRuns(viewer, [wanted("v2026.06")]);
  const id = run?.id ?? "";
  await Promise.all(
    Array.from({ length: 10 }, (_, at) => appendPipelineLogs(id, [line(`${at}\0`), line(`${at}\ud800`)])),
  );
  const logs = await listPipelineLogs(viewer, id);
  expect(logs.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 20 }, (_, at) => at + 1));
  expect(await listPipelineLogs(viewer, id, 18)).toHaveLength(2);
});

it("stores a step's end, whatever was found in the data", async () => {
  const viewer = aViewer();
  const [run] = await createPipelineRuns(viewer, [wanted("v2026.08")]);
  const id = run?.id ?? "";
  const found = "for instance A\0B\ud800.";
  await setPipelineStep(id, "gate", {
    ...{ status: "halted", errorCode: "GATE_HALTED", errorMessage: found },
    errorDetails: { failed: [{ text: found }] },
    progress: { label: found, done: 0, total: 1 },
  });
  const stored = "for instance AB\uFFFD.";
  expect((await listPipelineSteps(viewer, id)).find(({ step }) => step === "gate")).toMatchObject({
    ...{ status: "halted", errorMessage: stored, finishedAt: expect.any(Date) },
    ...{ errorDetails: { failed: [{ text: stored }] }, progress: { label: stored } },
  });
});

it("lets the first end of a run stand", async () => {
  const viewer = aViewer();
  const [run] = await createPipelineRuns(viewer, [wanted("v2026.07")]);
  const id = run?.id ?? "";
  await endPipelineRun(id, "halted", { code: "GATE_HALTED", message: "drift" });
  expect((await endPipelineRun(id, "succeeded")).status).toBe("halted");
  expect((await cancelPipelineRun(viewer, id)).status).toBe("halted");
  const parameters = { ...wanted("v2026.07"), start: "", end: "", previous: null };
  await expect(beginPipelineRun(id, parameters, [])).rejects.toMatchObject({ code: "NOT_FOUND" });
});
