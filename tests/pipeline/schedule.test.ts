import { setTimeout as delay } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { applySchedule, launchDurable, shutdownDurable } from "@/agents/pipeline/durable";
import { database as db } from "@/db/client";
import { createTestDatabase, type TestDatabase } from "../support/database";

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

beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(() => {
  worked = [];
});
afterAll(async () => {
  await shutdownDurable();
  await database.drop();
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
  });
});
