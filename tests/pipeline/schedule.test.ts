import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { listPipelineRuns, startExecutor } from "@/agents/pipeline";
import { applySchedule, launchDurable, shutdownDurable } from "@/agents/pipeline/durable";
import { database as db } from "@/db/client";
import { aViewer } from "../support/a-viewer";
import { createTestDatabase, type TestDatabase } from "../support/database";
import { temporaryFolder } from "../support/temporary-folder";
import { openWebhook } from "../support/webhook";

/** Moments of the schedule that were worked off, in a real DBOS on a real PostgreSQL. */
let worked: string[] = [];
let database: TestDatabase;

async function execute(cron: string | null, now: string): Promise<void> {
  await launchDurable({
    run: async () => {},
    due: async (moment) => {
      worked.push(moment.toISOString());
    },
  });
  await applySchedule(cron, new Date(now));
}

/** When this many were, and that is recorded. */
async function workedOff(count: number): Promise<string[]> {
  const open = sql`select 1 from dbos.workflow_status where status in ('PENDING', 'ENQUEUED')`;
  while (worked.length < count || (await db().execute(open)).length > 0) await delay(50);
  return worked.sort();
}

let dataDir: string;
let webhook: Awaited<ReturnType<typeof openWebhook>>;

beforeAll(async () => {
  dataDir = await temporaryFolder();
  webhook = await openWebhook();
  vi.stubEnv("DATA_DIR", dataDir);
  vi.stubEnv("ALERT_WEBHOOK_URL", webhook.url);
  vi.stubEnv("LOG_LEVEL", "error");
  database = await createTestDatabase();
});
beforeEach(() => {
  worked = [];
});
afterAll(async () => {
  await shutdownDurable();
  await database.drop();
  webhook.close();
  await rm(dataDir, { recursive: true, force: true });
});

describe("a monthly schedule", () => {
  it("asks for nothing when it is first set", async () => {
    await execute("0 3 1 * *", "2020-01-15T00:00:00Z");
    await shutdownDurable();
    expect(worked).toEqual([]);
  });

  it("catches up what passed since, once, in UTC", async () => {
    await execute("0 3 1 * *", "2020-03-20T00:00:00Z");
    expect(await workedOff(2)).toEqual(["2020-02-01T03:00:00.000Z", "2020-03-01T03:00:00.000Z"]);
    await shutdownDurable();
    await execute("0 3 1 * *", "2020-04-02T00:00:00Z");
    expect(await workedOff(3)).toEqual([
      "2020-02-01T03:00:00.000Z",
      "2020-03-01T03:00:00.000Z",
      "2020-04-01T03:00:00.000Z",
    ]);
    await shutdownDurable();
  });

  it("begins anew when it is changed, and asks for nothing of the time when it was off", async () => {
    await execute("0 4 2 * *", "2020-06-15T00:00:00Z");
    await shutdownDurable();
    await execute(null, "2020-07-15T00:00:00Z");
    await shutdownDurable();
    await execute("0 4 2 * *", "2020-08-15T00:00:00Z");
    await shutdownDurable();
    await execute("0 4 2 * *", "2020-09-15T00:00:00Z");
    expect(await workedOff(1)).toEqual(["2020-09-02T04:00:00.000Z"]);
    await shutdownDurable();
  });
});

it("tries what a moment asks for until it is done, also after a restart, and tells that it is late", async () => {
  const cron = "0 3 1 1 *";
  await execute(cron, "2024-06-15T00:00:00Z");
  await shutdownDurable();
  // What is published cannot be told.
  const current = path.join(dataDir, "marts", "auto-marketplace", "current");
  await mkdir(current, { recursive: true });
  const end = `process.send({ type: "error", code: "BAD_INPUT", message: "x", details: {} }, () => process.exit(1))`;
  const work = { cron, seconds: 0.02, program: () => ["-e", end] };
  const viewer = aViewer("Tester");

  const executor = startExecutor(work);
  const moment = "Queueing the stamps that the schedule asks for at 2025-01-01T03:00:00.000Z failed 5 times.";
  while (!webhook.heard.some((heard) => JSON.stringify(heard).includes(moment))) await delay(50);
  await executor.stop();
  expect(await listPipelineRuns(viewer)).toEqual([]);

  await rm(current, { recursive: true });
  const next = startExecutor(work);
  const isQueued = async () => (await listPipelineRuns(viewer)).some(({ stamp }) => stamp === "v2025.01");
  while (!(await isQueued())) await delay(50);
  await next.stop();
  expect(worked).toEqual([]);
});
