import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApproval, decideApproval, getApproval, getPendingApproval, setRunStatus } from "@/db/queries";
import { aRun } from "@/tests/support/a-conversation";
import { aViewer } from "@/tests/support/a-viewer";
import { createTestDatabase, type TestDatabase } from "@/tests/support/database";

let testDatabase: TestDatabase;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
});
afterAll(() => testDatabase.drop());

const viewer = aViewer("Asha");

async function aQuestion(id: string) {
  const { conversation, run } = await aRun(viewer);
  const question = {
    id,
    conversationId: conversation.id,
    runId: run.id,
    kind: "export" as const,
    payload: { rows: 412 },
    payloadHash: "h",
  };
  return { question, approval: await createApproval(viewer, question) };
}

describe("an approval", () => {
  it("is stored once, however often its node runs", async () => {
    const { question } = await aQuestion("once");
    await Promise.all([1, 2, 3].map(() => createApproval(viewer, question)));
    await decideApproval(viewer, "once", "approved", { decision: "approve" });
    expect(await createApproval(viewer, question)).toMatchObject({
      status: "approved",
      payload: { rows: 412 },
    });
  });

  it("is decided by one of many answers at once; the others learn by whom and how", async () => {
    await aQuestion("race");
    const answers = await Promise.allSettled([
      decideApproval(viewer, "race", "approved", { decision: "approve" }),
      decideApproval(viewer, "race", "rejected", { decision: "reject" }),
      decideApproval(viewer, "race", "approved", { decision: "approve" }),
    ]);
    const won = answers.filter((outcome) => outcome.status === "fulfilled").map(({ value }) => value);
    expect(won).toHaveLength(1);
    const stored = await getApproval(viewer, "race");
    expect(stored).toMatchObject({
      status: won[0]?.status,
      decidedBy: viewer.id,
      decidedAt: expect.any(Date),
    });
    for (const outcome of answers) {
      if (outcome.status === "fulfilled") continue;
      expect(outcome.reason).toMatchObject({
        code: "APPROVAL_DECIDED",
        details: { decidedBy: "Asha", decision: stored.decision, status: stored.status },
      });
    }
  });

  it("is the conversation's only open one: a newer question takes its place", async () => {
    const { question } = await aQuestion("older");
    await createApproval(viewer, { ...question, id: "newer" });
    expect((await getPendingApproval(viewer, question.conversationId))?.id).toBe("newer");
    await expect(decideApproval(viewer, "older", "approved", {})).rejects.toMatchObject({
      code: "APPROVAL_STALE",
    });
  });

  it("cannot be answered once it was closed", async () => {
    const { question } = await aQuestion("closed");
    await setRunStatus(viewer, question.runId, "cancelled");
    expect(await getPendingApproval(viewer, question.conversationId)).toBeNull();
    await expect(decideApproval(viewer, "closed", "approved", {})).rejects.toMatchObject({
      code: "APPROVAL_STALE",
    });
  });

  it("belongs to its conversation: its id cannot be used in another", async () => {
    const { question } = await aQuestion("mine");
    const { conversation, run } = await aRun(viewer);
    await expect(
      createApproval(viewer, { ...question, conversationId: conversation.id, runId: run.id }),
    ).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});
