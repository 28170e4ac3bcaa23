import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { database } from "@/db/client";
import {
  claimRun,
  createApproval,
  getPendingApproval,
  getRun,
  heartbeatRun,
  latestRun,
  listStaleRuns,
  reclaimRun,
  requestCancel,
  setRunStatus,
} from "@/db/queries";
import type { Run } from "@/db/schema";
import { aConversation, aRun } from "@/tests/support/a-conversation";
import { aViewer } from "@/tests/support/a-viewer";
import { createTestDatabase, type TestDatabase } from "@/tests/support/database";

let testDatabase: TestDatabase;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
});
afterAll(() => testDatabase.drop());

const viewer = aViewer();
const claim = { messageId: "m1", claimedBy: "p1" };

/** What a process that died 20 seconds ago leaves behind. */
async function leaveAlone(run: Run): Promise<void> {
  await database().execute(
    sql`update runs set heartbeat_at = now() - interval '20 seconds' where id = ${run.id}`,
  );
}

describe("claiming a run", () => {
  it("gives a conversation to one of many that ask at once; the others hear which run has it", async () => {
    const { id } = await aConversation(viewer);
    const claims = await Promise.allSettled(
      Array.from({ length: 8 }, (_, i) => claimRun(viewer, id, { messageId: `m${i}`, claimedBy: `p${i}` })),
    );
    const won = claims.filter((outcome) => outcome.status === "fulfilled").map(({ value }) => value);
    const lost = claims.filter((outcome) => outcome.status === "rejected").map(({ reason }) => reason);
    expect(won).toHaveLength(1);
    expect(lost).toHaveLength(7);
    for (const error of lost) {
      expect(error).toMatchObject({ code: "RUN_ACTIVE", details: { runId: won[0]?.id, status: "running" } });
    }
    expect((await latestRun(viewer, id))?.id).toBe(won[0]?.id);
  });

  it("lets another conversation of the same person go on", async () => {
    await aRun(viewer);
    expect((await aRun(viewer)).run.status).toBe("running");
  });

  it("is possible again once the run is over", async () => {
    const { conversation, run } = await aRun(viewer);
    await setRunStatus(viewer, run.id, "finished");
    expect((await claimRun(viewer, conversation.id, claim)).id).not.toBe(run.id);
  });

  it("closes what a dead process left behind", async () => {
    const { conversation, run } = await aRun(viewer);
    await leaveAlone(run);
    const next = await claimRun(viewer, conversation.id, claim);
    expect(next.id).not.toBe(run.id);
    expect(await getRun(viewer, run.id)).toMatchObject({ status: "failed", finishedAt: expect.any(Date) });
  });

  it("is refused while a question waits, and possible when the question is gone", async () => {
    const { conversation, run } = await aRun(viewer);
    const approval = { conversationId: conversation.id, runId: run.id, kind: "export" as const, payload: {} };
    await createApproval(viewer, { ...approval, id: `a-${run.id}`, payloadHash: "h" });
    await setRunStatus(viewer, run.id, "waiting");
    await expect(claimRun(viewer, conversation.id, claim)).rejects.toMatchObject({
      code: "RUN_ACTIVE",
      details: { status: "waiting" },
    });
    await requestCancel(viewer, run.id);
    expect(await getRun(viewer, run.id)).toMatchObject({ status: "cancelled" });
    expect(await getPendingApproval(viewer, conversation.id)).toBeNull();
    expect((await claimRun(viewer, conversation.id, claim)).status).toBe("running");
  });
});

describe("taking a run up again", () => {
  it("goes to one of many", async () => {
    const { run } = await aRun(viewer);
    await setRunStatus(viewer, run.id, "waiting");
    const takers = ["p1", "p2", "p3", "p4"];
    const outcomes = await Promise.allSettled(
      takers.map((claimedBy) => reclaimRun(viewer, run.id, { claimedBy, messageId: `of ${claimedBy}` })),
    );
    const won = outcomes.filter((outcome) => outcome.status === "fulfilled");
    expect(won).toHaveLength(1);
    const { claimedBy, messageId, status } = await getRun(viewer, run.id);
    expect(messageId).toBe(`of ${claimedBy}`);
    expect(status).toBe("running");
  });

  it("is refused while its process lives, and when the run is over", async () => {
    const { run } = await aRun(viewer);
    await expect(reclaimRun(viewer, run.id, { claimedBy: "p2" })).rejects.toMatchObject({
      code: "RUN_ACTIVE",
    });
    await setRunStatus(viewer, run.id, "finished");
    await expect(reclaimRun(viewer, run.id, { claimedBy: "p2" })).rejects.toMatchObject({
      code: "APPROVAL_STALE",
    });
  });

  it("finds the runs of dead processes with the person to go on for, and only those", async () => {
    const { run: dead } = await aRun(viewer);
    const { run: alive } = await aRun(viewer);
    await leaveAlone(dead);
    const stale = await listStaleRuns();
    expect(stale.find(({ run }) => run.id === dead.id)?.viewer).toEqual(viewer);
    expect(stale.some(({ run }) => run.id === alive.id)).toBe(false);
    await reclaimRun(viewer, dead.id, { claimedBy: "p2" });
    expect((await listStaleRuns()).some(({ run }) => run.id === dead.id)).toBe(false);
  });
});

describe("a heartbeat", () => {
  it("tells the owner of a wish to stop, and a former owner that it owns nothing", async () => {
    const { run } = await aRun(viewer);
    expect(await heartbeatRun(viewer, run.id, "this process")).toEqual({
      owned: true,
      cancelRequested: false,
    });
    await requestCancel(viewer, run.id);
    expect(await heartbeatRun(viewer, run.id, "this process")).toEqual({
      owned: true,
      cancelRequested: true,
    });
    await leaveAlone(run);
    await reclaimRun(viewer, run.id, { claimedBy: "p2" });
    expect(await heartbeatRun(viewer, run.id, "this process")).toEqual({
      owned: false,
      cancelRequested: false,
    });
  });

  it("keeps the run from being taken over", async () => {
    const { run } = await aRun(viewer);
    await leaveAlone(run);
    await heartbeatRun(viewer, run.id, "this process");
    await expect(reclaimRun(viewer, run.id, { claimedBy: "p2" })).rejects.toMatchObject({
      code: "RUN_ACTIVE",
    });
  });
});

describe("a run that was taken over", () => {
  it("is not ended by the process that lost it", async () => {
    const { run } = await aRun(viewer);
    await leaveAlone(run);
    await reclaimRun(viewer, run.id, { claimedBy: "p2" });
    await setRunStatus(viewer, run.id, "cancelled", { claimedBy: "this process" });
    expect((await getRun(viewer, run.id)).status).toBe("running");
    await setRunStatus(viewer, run.id, "finished", { claimedBy: "p2" });
    expect((await getRun(viewer, run.id)).status).toBe("finished");
  });

  it("still knows that the person wished it to stop", async () => {
    const { run } = await aRun(viewer);
    await requestCancel(viewer, run.id);
    await leaveAlone(run);
    expect((await reclaimRun(viewer, run.id, { claimedBy: "p2" })).cancelRequested).toBe(true);
  });

  it("counts the processes that died over it, anew once the person answered", async () => {
    const { run } = await aRun(viewer);
    for (const attempts of [2, 3]) {
      await leaveAlone(run);
      expect(await reclaimRun(viewer, run.id, { claimedBy: "p2" })).toMatchObject({ attempts });
    }
    await setRunStatus(viewer, run.id, "waiting");
    expect(await reclaimRun(viewer, run.id, { claimedBy: "p3" })).toMatchObject({ attempts: 1 });
  });
});

it.each(["failed", "cancelled", "finished"] as const)(
  "a run that has %s leaves no question open",
  async (status) => {
    const { conversation, run } = await aRun(viewer);
    const approval = { conversationId: conversation.id, runId: run.id, kind: "export" as const, payload: {} };
    await createApproval(viewer, { ...approval, id: `open-${run.id}`, payloadHash: "h" });
    await setRunStatus(viewer, run.id, status);
    expect(await getPendingApproval(viewer, conversation.id)).toBeNull();
  },
);

it("a dead run that is closed leaves no question open", async () => {
  const { conversation, run } = await aRun(viewer);
  const approval = { conversationId: conversation.id, runId: run.id, kind: "export" as const, payload: {} };
  await createApproval(viewer, { ...approval, id: `dead-${run.id}`, payloadHash: "h" });
  await leaveAlone(run);
  await claimRun(viewer, conversation.id, claim);
  expect(await getPendingApproval(viewer, conversation.id)).toBeNull();
});

it("a run that is over stays as it is", async () => {
  const { run } = await aRun(viewer);
  await setRunStatus(viewer, run.id, "failed", { errorCode: "QUERY_FAILED" });
  expect(await setRunStatus(viewer, run.id, "running")).toMatchObject({
    status: "failed",
    errorCode: "QUERY_FAILED",
  });
});
