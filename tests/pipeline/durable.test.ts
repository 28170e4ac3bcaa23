import { readFile } from "node:fs/promises";
import path from "node:path";
import { sql } from "drizzle-orm";
import { expect, it, vi } from "vitest";
import {
  backfillPipeline,
  cancelPipelineRun,
  readPipelineRun,
  rerunPipelineFrom,
  startPipelineRun,
} from "@/agents/pipeline";
import { database as db } from "@/db/client";
import { type StepName, stepNames } from "@/lib/pipeline/steps";
import { watchAll } from "@/scripts/pipeline/watch";
import { isAlive, kill, mart, setUpPipelines, statuses } from "../support/pipelines";
import { openWebhook } from "../support/webhook";

const { viewer, dataDir, order, withdraw, begun, startExecutor, leads, leftovers, contents, until, ended } =
  setUpPipelines();

const stamp = "v2026.11";
const start = (fromStep: StepName = "extract") =>
  startPipelineRun(viewer, { mart, stamp, previous: null, fromStep });
const allSix = (status: string) => stepNames.map((step) => `${step} ${status}`);

it("runs the six steps, each a process, and again after kill -9 in each of them to the same content", async () => {
  const run = await start();
  let executor = await startExecutor();
  const done = await ended(run.id);
  expect(statuses(done)).toEqual(allSix("succeeded"));
  expect(done.run).toMatchObject({ status: "succeeded", errorCode: null });
  expect(done.run.parameters).toEqual({
    ...{ mart, stamp, previous: null },
    ...{ start: "1970-01-01T00:00:00Z", end: "2026-11-01T00:00:00Z" },
  });
  const first = await begun();
  expect(first.map(({ step }) => step)).toEqual(stepNames);
  expect(new Set(first.map(({ pid }) => pid)).size).toBe(6);
  expect(done.logs.map(({ sequence }) => sequence)).toEqual(done.logs.map((_, at) => at + 1));
  expect(done.logs.filter(({ step }) => step).map(({ text }) => text)).toEqual(
    stepNames.map((step) => `working at ${step}`),
  );
  expect(done.steps[5]?.report?.files).toEqual([expect.objectContaining({ name: "data.json" })]);
  const kept = path.join(dataDir(), "objects", "marts", mart, stamp, "runs", run.id, "log.jsonl");
  const lines = (await readFile(kept, "utf8")).trim().split("\n");
  expect(lines.map((line) => JSON.parse(line).text)).toEqual(done.logs.map(({ text }) => text));

  const expected = await contents(stamp);
  for (const step of stepNames) await order(`hold-${step}`);
  const cut = await start();
  for (const step of stepNames) {
    const held = await until(async () => (await begun()).slice(6).find((one) => one.step === step));
    await kill(executor);
    // The step's process is nobody's now, and ends.
    await until(async () => !isAlive(held.pid));
    await withdraw(`hold-${step}`);
    executor = await startExecutor();
  }
  expect(statuses(await ended(cut.id))).toEqual(allSix("succeeded"));
  expect((await begun()).slice(6).map(({ step }) => step)).toEqual(stepNames.flatMap((step) => [step, step]));
  expect(await contents(stamp)).toEqual(expected);
  expect(await leftovers()).toEqual([]);
});

it("tries a step that fails three times, and halts at once where a gate fails", async () => {
  const webhook = await openWebhook();
  await startExecutor({ ALERT_WEBHOOK_URL: webhook.url });
  await order("fail-gate", "2");
  const done = await ended((await start("gate")).id);
  expect(done.run.status).toBe("succeeded");
  expect(statuses(done)).toEqual([
    ...["extract", "conform", "build", "augment"].map((step) => `${step} reused`),
    ...["gate succeeded", "publish succeeded"],
  ]);
  expect(done.steps[4]).toMatchObject({ attempts: 3, errorCode: null });
  expect(done.logs.filter(({ text }) => text.includes("tried again"))).toHaveLength(2);

  await order("fail-gate", "3");
  const bad = await ended((await start("gate")).id);
  expect(bad.run).toMatchObject({ status: "failed", errorCode: "INTERNAL" });
  expect(statuses(bad).slice(4)).toEqual(["gate failed", "publish pending"]);
  expect(bad.steps[4]?.attempts).toBe(3);
  await expect(rerunPipelineFrom(viewer, bad.run.id, "publish")).rejects.toMatchObject({
    code: "BAD_INPUT",
    message: expect.stringContaining("Rerun it from gate"),
  });

  await order("halt-gate");
  const halted = await ended((await rerunPipelineFrom(viewer, bad.run.id, "gate")).id);
  expect(halted.run).toMatchObject({ status: "halted", errorCode: "GATE_HALTED" });
  expect(halted.run.errorMessage).toContain("SELLERS.AGE drifted");
  expect(halted.steps[4]).toMatchObject({
    ...{ status: "halted", attempts: 1 },
    errorDetails: { failed: [{ text: "SELLERS.AGE drifted by 0.41" }] },
  });
  expect(halted.steps[5]?.status).toBe("pending");
  await withdraw("halt-gate");
  const rerun = await ended((await rerunPipelineFrom(viewer, halted.run.id, "gate")).id);
  expect(rerun.run).toMatchObject({ status: "succeeded", parameters: done.run.parameters });

  const kept = "What was current before is current still.";
  expect(webhook.heard).toEqual([
    { text: expect.stringContaining(`${mart} ${stamp} failed at gate. ${kept}`) },
    { text: `${mart} ${stamp} halted at gate. ${kept}\nA quality gate failed. SELLERS.AGE drifted.` },
  ]);
  webhook.close();
});

it("refuses a second run of a stamp under way, naming the first; cancels the first, ending its process", async () => {
  const both = await Promise.allSettled([start("publish"), start("publish")]);
  const won = both.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  expect(won).toHaveLength(1);
  expect(both.find(({ status }) => status === "rejected")).toMatchObject({
    reason: { code: "PIPELINE_ACTIVE", details: { runId: won[0]?.id } },
  });
  // One that was not begun is over at once.
  expect((await cancelPipelineRun(viewer, won[0]?.id ?? "")).status).toBe("cancelled");

  await order("hold-publish");
  const run = await start("publish");
  await startExecutor();
  const held = await until(async () => (await begun())[0]);
  await cancelPipelineRun(viewer, run.id);
  const done = await ended(run.id);
  expect(done.run.status).toBe("cancelled");
  expect(done.steps[5]?.status).toBe("cancelled");
  expect(isAlive(held.pid)).toBe(false);
});

it("cancels a run that waits for its next try, without waiting", async () => {
  await order("fail-publish", "1");
  await startExecutor({}, 3600);
  const run = await start("publish");
  await until(async () => {
    const { logs } = await readPipelineRun(viewer, run.id);
    return logs.some(({ text }) => text.includes("tried again"));
  });
  await cancelPipelineRun(viewer, run.id);
  const done = await ended(run.id);
  expect(done.run.status).toBe("cancelled");
  expect(done.steps[5]).toMatchObject({ status: "cancelled", attempts: 1 });
  expect(await begun()).toHaveLength(1);
});

it("builds stamps that were queued together in order, and none on one that did not succeed", async () => {
  await startExecutor();
  await order("halt-gate");
  const runs = await backfillPipeline(viewer, { mart, from: "v2026.08", to: "v2026.10" });
  const shown = vi.spyOn(console, "log").mockImplementation(() => {});
  // As the command does, which ends the executing when all are over.
  const ids = runs.map(({ id }) => id);
  expect(await watchAll(viewer, ids, new AbortController().signal)).toBe(3);
  shown.mockRestore();
  const over = await Promise.all(ids.map((id) => readPipelineRun(viewer, id)));
  expect(over.map(({ run }) => [run.stamp, run.status, run.errorCode, run.errorMessage])).toEqual([
    ["v2026.08", "halted", "GATE_HALTED", expect.stringContaining("SELLERS.AGE drifted")],
    ...[
      "v2026.09 was to be built on v2026.08, whose run halted. Rerun that one, then this.",
      "v2026.10 was to be built on v2026.09, whose run is cancelled. Rerun that one, then this.",
    ].map((why) => [why.slice(0, 8), "cancelled", "PIPELINE_STEP_MISSING", why]),
  ]);
  expect((await begun()).map(({ step }) => step)).toEqual(stepNames.slice(0, 5));
});

it("has one executor of many; another takes over when it dies, is asked to end, or loses its lock", async () => {
  const one = await startExecutor();
  await leads(one);
  const two = await startExecutor();
  await order("hold-gate");
  const run = await start("gate");
  await until(async () => (await begun()).length === 1);
  expect(await holders()).toHaveLength(1);
  await order("hold-publish");
  await withdraw("hold-gate");
  await until(async () => (await begun()).length === 2);
  // The second would have begun the gate anew, had it executed.
  expect((await begun()).map(({ step }) => step)).toEqual(["gate", "publish"]);

  await kill(one);
  await until(async () => (await begun()).length === 3);
  const three = await startExecutor();
  two.kill("SIGTERM");
  await until(async () => (await begun()).length === 4);
  // As when the database is restarted: the lock is gone, and whoever held it must take it anew.
  await db().execute(sql`select pg_terminate_backend(pid) from pg_locks where ${ofExecutors}`);
  await until(async () => (await begun()).length === 5);
  expect(await holders()).toHaveLength(1);
  await withdraw("hold-publish");
  expect((await ended(run.id)).run.status).toBe("succeeded");
  expect(three.exitCode).toBeNull();
  const pids = (await begun()).slice(0, -1).map(({ pid }) => pid);
  expect(pids.filter(isAlive)).toEqual([]);
});

const ofExecutors = sql`locktype = 'advisory' and granted
  and database = (select oid from pg_database where datname = current_database())`;

async function holders() {
  return db().execute(sql`select pid from pg_locks where ${ofExecutors}`);
}
