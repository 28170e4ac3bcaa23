import { readFile } from "node:fs/promises";
import path from "node:path";
import { sql } from "drizzle-orm";
import { expect, it } from "vitest";
import { cancelPipelineRun, rerunPipelineFrom, startPipelineRun } from "@/agents/pipeline";
import { database as db } from "@/db/client";
import { stepNames } from "@/lib/pipeline/steps";
import { isAlive, kill, mart, setUpPipelines, statuses } from "../support/pipelines";

const { viewer, dataDir, order, withdraw, begun, startExecutor, leads, contents, until, ended } =
  setUpPipelines();

const start = (stamp: string) => startPipelineRun(viewer, { mart, stamp, previous: null });
const allSix = (status: string) => stepNames.map((step) => `${step} ${status}`);

it("runs the six steps, each in a process of its own, and keeps reports, logs and parameters", async () => {
  const run = await start("v2026.11");
  await startExecutor();
  const done = await ended(run.id);
  expect(statuses(done)).toEqual(allSix("succeeded"));
  expect(done.run).toMatchObject({ status: "succeeded", errorCode: null });
  expect(done.run.parameters).toEqual({
    ...{ mart, stamp: "v2026.11", previous: null },
    ...{ start: "1970-01-01T00:00:00Z", end: "2026-11-01T00:00:00Z" },
  });
  const pids = (await begun()).map(({ pid }) => pid);
  expect(new Set(pids).size).toBe(6);
  expect(done.logs.map(({ sequence }) => sequence)).toEqual(done.logs.map((_, at) => at + 1));
  expect(done.logs.filter(({ step }) => step).map(({ text }) => text)).toEqual(
    stepNames.map((step) => `working at ${step}`),
  );
  expect(done.steps[5]?.report?.files).toEqual([expect.objectContaining({ name: "data.json" })]);

  const kept = path.join(dataDir(), "objects", "marts", mart, "v2026.11", "runs", run.id, "log.jsonl");
  const lines = (await readFile(kept, "utf8")).trim().split("\n");
  expect(lines.map((line) => JSON.parse(line).text)).toEqual(done.logs.map(({ text }) => text));
});

it.each(stepNames)("goes on after kill -9 in %s, to the same content", async (step) => {
  const whole = await start("v2026.10");
  const first = await startExecutor();
  await ended(whole.id);
  const expected = await contents("v2026.10");

  await order(`hold-${step}`);
  const cut = await start("v2026.10");
  const before = (await begun()).length;
  const held = await until(async () => (await begun()).slice(before).find((one) => one.step === step));
  await kill(first);
  // The step's process is nobody's now, and ends.
  await until(async () => !isAlive(held.pid));
  await withdraw(`hold-${step}`);
  await startExecutor();

  const done = await ended(cut.id);
  expect(statuses(done)).toEqual(allSix("succeeded"));
  const again = (await begun()).slice(before).map(({ step }) => step);
  expect(again).toEqual([
    ...stepNames.slice(0, stepNames.indexOf(step) + 1),
    ...stepNames.slice(stepNames.indexOf(step)),
  ]);
  expect(await contents("v2026.10")).toEqual(expected);
});

it("tries a step that fails three times, with its failures told", async () => {
  await order("fail-conform", "2");
  const run = await start("v2026.09");
  await startExecutor();
  const done = await ended(run.id);
  expect(done.run.status).toBe("succeeded");
  expect(done.steps[1]).toMatchObject({ status: "succeeded", attempts: 3, errorCode: null });
  expect(done.logs.filter(({ text }) => text.includes("tried again"))).toHaveLength(2);

  await order("fail-build", "3");
  const bad = await ended((await start("v2026.09")).id);
  expect(bad.run).toMatchObject({ status: "failed", errorCode: "INTERNAL" });
  expect(statuses(bad).slice(1, 4)).toEqual(["conform succeeded", "build failed", "augment pending"]);
  expect(bad.steps[2]?.attempts).toBe(3);

  const rerun = await ended((await rerunPipelineFrom(viewer, bad.run.id, "build")).id);
  expect(statuses(rerun)).toEqual([
    ...["extract reused", "conform reused"],
    ...["build", "augment", "gate", "publish"].map((step) => `${step} succeeded`),
  ]);
  await expect(rerunPipelineFrom(viewer, bad.run.id, "gate")).rejects.toMatchObject({
    code: "BAD_INPUT",
    message: expect.stringContaining("Rerun it from build"),
  });
});

it("halts at a gate that fails, at the first try, with the failed checks", async () => {
  await order("halt-gate");
  const run = await start("v2026.08");
  await startExecutor();
  const halted = await ended(run.id);
  expect(halted.run).toMatchObject({ status: "halted", errorCode: "GATE_HALTED" });
  expect(halted.run.errorMessage).toContain("SELLERS.AGE drifted");
  expect(halted.steps[4]).toMatchObject({
    ...{ status: "halted", attempts: 1 },
    errorDetails: { failed: [{ text: "SELLERS.AGE drifted by 0.41" }] },
  });
  expect(halted.steps[5]?.status).toBe("pending");
  await withdraw("halt-gate");
  const rerun = await ended((await rerunPipelineFrom(viewer, run.id, "gate")).id);
  expect(rerun.run.status).toBe("succeeded");
});

it("refuses a second run of a stamp under way, naming the first", async () => {
  const both = await Promise.allSettled([start("v2026.07"), start("v2026.07")]);
  const won = both.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  expect(won).toHaveLength(1);
  expect(both.find(({ status }) => status === "rejected")).toMatchObject({
    reason: { code: "PIPELINE_ACTIVE", details: { runId: won[0]?.id } },
  });
  // One that was not begun is over at once.
  expect((await cancelPipelineRun(viewer, won[0]?.id ?? "")).status).toBe("cancelled");
  const next = await start("v2026.07");
  await startExecutor();
  expect((await ended(next.id)).run.status).toBe("succeeded");
});

it("cancels a run, ending the step's process", async () => {
  await order("hold-augment");
  const run = await start("v2026.06");
  await startExecutor();
  const held = await until(async () => (await begun()).find(({ step }) => step === "augment"));
  await cancelPipelineRun(viewer, run.id);
  const done = await ended(run.id);
  expect(done.run.status).toBe("cancelled");
  expect(statuses(done).slice(2)).toEqual([
    ...["build succeeded", "augment cancelled", "gate pending", "publish pending"],
  ]);
  expect(isAlive(held.pid)).toBe(false);
});

it("has one executor of many, and another takes over when it dies", async () => {
  const one = await startExecutor();
  await leads(one);
  const two = await startExecutor();
  await order("hold-extract");
  const run = await start("v2026.05");
  await until(async () => (await begun()).length === 1);
  const holders = async () => {
    const rows = await db().execute<{ holders: number }>(
      sql`select count(*)::int as holders from pg_locks where locktype = 'advisory' and granted
          and database = (select oid from pg_database where datname = current_database())`,
    );
    return rows[0]?.holders;
  };
  expect(await holders()).toBe(1);
  // The second would have recovered the run of the first by now, had it launched.
  await order("hold-conform");
  await withdraw("hold-extract");
  await until(async () => (await begun()).length === 2);
  expect((await begun()).map(({ step }) => step)).toEqual(["extract", "conform"]);

  await kill(one);
  await withdraw("hold-conform");
  await leads(two);
  expect(statuses(await ended(run.id))).toEqual(allSix("succeeded"));
  expect((await begun()).filter(({ step }) => step === "extract")).toHaveLength(1);
});

it("hands a run over when the executing process is asked to end, and loses nothing when its lock is lost", async () => {
  await order("hold-build");
  const run = await start("v2026.04");
  const first = await startExecutor();
  const held = await until(async () => (await begun()).find(({ step }) => step === "build"));
  first.kill("SIGTERM");
  await until(async () => !isAlive(held.pid));
  const second = await startExecutor();
  await leads(second);
  await until(async () => (await begun()).filter(({ step }) => step === "build").length === 2);

  // As when the database is restarted: the lock is gone, and so is whoever held it, until it has it again.
  await db().execute(sql`
    select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted
    and database = (select oid from pg_database where datname = current_database())`);
  await until(async () => (await begun()).filter(({ step }) => step === "build").length === 3);
  await withdraw("hold-build");
  const done = await ended(run.id);
  expect(statuses(done)).toEqual(allSix("succeeded"));
  expect((await begun()).filter(({ step }) => step === "extract")).toHaveLength(1);
});
