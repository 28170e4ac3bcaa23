import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as queries from "@/db/queries";
import type { Viewer } from "@/lib/auth";
import { aRun } from "@/tests/support/a-conversation";
import { aViewer } from "@/tests/support/a-viewer";
import { createTestDatabase, type TestDatabase } from "@/tests/support/database";
import { aFeatureSet, aStoredResult } from "@/tests/support/stored-things";

let testDatabase: TestDatabase;
let owned: Awaited<ReturnType<typeof everything>>;
const owner = aViewer();

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  owned = await everything(owner);
});
afterAll(() => testDatabase.drop());

async function everything(viewer: Viewer) {
  const { conversation, run } = await aRun(viewer);
  const ids = { conversationId: conversation.id, runId: run.id };
  const question = { ...ids, id: "a1", kind: "export" as const, payload: {}, payloadHash: "h" };
  await queries.createApproval(viewer, question);
  const hash = await queries.saveFeatureSet(viewer, ids.conversationId, aFeatureSet);
  const result = { ...ids, payload: aStoredResult };
  const resultId = await queries.saveResult(viewer, result);
  const published = { mart: "auto-marketplace", stamp: "v2026.11", prefix: "p", manifest: {} };
  const made = { ...ids, approvalId: "a1", published };
  const exportId = await queries.saveExport(viewer, made);
  return { ...ids, question, hash, result, resultId, made, exportId };
}

/** Every query that names a thing, called for that thing of the owner's. */
const calls: Record<string, (viewer: Viewer) => Promise<unknown>> = {
  getConversation: (viewer) => queries.getConversation(viewer, owned.conversationId),
  findMessage: (viewer) => queries.findMessage(viewer, owned.conversationId, "m"),
  listMessages: (viewer) => queries.listMessages(viewer, owned.conversationId),
  appendMessage: (viewer) =>
    queries.appendMessage(viewer, { id: "m", conversationId: owned.conversationId, role: "user", parts: [] }),
  saveMessage: (viewer) =>
    queries.saveMessage(viewer, { id: "m", conversationId: owned.conversationId, role: "user", parts: [] }),
  getRun: (viewer) => queries.getRun(viewer, owned.runId),
  latestRun: (viewer) => queries.latestRun(viewer, owned.conversationId),
  heartbeatRun: (viewer) => queries.heartbeatRun(viewer, owned.runId, "this process"),
  requestCancel: (viewer) => queries.requestCancel(viewer, owned.runId),
  appendRunEvents: (viewer) => queries.appendRunEvents(viewer, owned.runId, "m", [{}]),
  listRunEvents: (viewer) => queries.listRunEvents(viewer, owned.runId),
  createApproval: (viewer) => queries.createApproval(viewer, owned.question),
  getApproval: (viewer) => queries.getApproval(viewer, "a1"),
  getApprovedExport: (viewer) => queries.getApprovedExport(viewer, owned.runId),
  getPendingApproval: (viewer) => queries.getPendingApproval(viewer, owned.conversationId),
  decideApproval: (viewer) => queries.decideApproval(viewer, "a1", "approved", {}),
  saveFeatureSet: (viewer) => queries.saveFeatureSet(viewer, owned.conversationId, aFeatureSet),
  getFeatureSet: (viewer) => queries.getFeatureSet(viewer, owned.conversationId, owned.hash),
  saveResult: (viewer) => queries.saveResult(viewer, owned.result),
  getResult: (viewer) => queries.getResult(viewer, owned.resultId),
  saveExport: (viewer) => queries.saveExport(viewer, owned.made),
  getExport: (viewer) => queries.getExport(viewer, owned.exportId),
  listExports: (viewer) => queries.listExports(viewer, owned.conversationId),
  reserveTokens: (viewer) =>
    queries.reserveTokens(viewer, owned, { least: 1, most: 1, perTurn: 9, perDay: 9 }),
  keepModelAnswer: (viewer) =>
    queries.keepModelAnswer(viewer, owned.conversationId, { key: "k", answer: "{}" }),
  findModelAnswer: (viewer) => queries.findModelAnswer(viewer, owned.conversationId, "k"),
  queryJournal: async (viewer) => {
    const [journal, other] = ["a build", "another"].map((b) => queries.queryJournal(viewer, owned.runId, b));
    await journal?.record("statement", "a query");
    await journal?.record("statement", "a later query");
    expect(await journal?.find("statement")).toBe("a later query");
    expect(await journal?.find("another")).toBeNull();
    expect(await other?.find("statement")).toBeNull();
  },
  setRunStatus: (viewer) => queries.setRunStatus(viewer, owned.runId, "waiting"),
  reclaimRun: (viewer) => queries.reclaimRun(viewer, owned.runId, { claimedBy: "p" }),
  takeAnswer: async (viewer) => {
    const { conversationId, runId } = owned;
    const question = { ...owned.question, id: "a later question" };
    if (viewer.id === owner.id) {
      await queries.createApproval(owner, question);
      await queries.setRunStatus(owner, runId, "waiting");
    }
    const message = { id: "an answer", conversationId, parts: [] };
    const answer = { approvalId: question.id, runId, status: "rejected", decision: {} } as const;
    return queries.takeAnswer(viewer, message, { messageId: "m3", claimedBy: "p" }, answer);
  },
  followRun: (viewer) => takeFirst(queries.followRun(viewer, owned.runId, 0, AbortSignal.timeout(30_000))),
  renameConversation: (viewer) => queries.renameConversation(viewer, owned.conversationId, "Mine now"),
  claimRun: async (viewer) => {
    if (viewer.id === owner.id) await queries.setRunStatus(owner, owned.runId, "finished");
    return queries.claimRun(viewer, owned.conversationId, { messageId: "m", claimedBy: "p", runId: "r2" });
  },
  takeMessage: async (viewer) => {
    if (viewer.id === owner.id) await queries.setRunStatus(owner, "r2", "finished");
    const message = { id: "a later message", conversationId: owned.conversationId, parts: [] };
    const run = await queries.takeMessage(viewer, message, { messageId: "m4", claimedBy: "p" });
    await queries.setRunStatus(owner, run.id, "finished");
  },
  deleteConversation: async (viewer) => {
    return queries.deleteConversation(viewer, owned.conversationId);
  },
};

/** They name nothing of a person's: a list of one's own, a new thing, or a wake-up without content. */
const withoutOwner = [
  "createConversation",
  "listConversations",
  "listStaleRuns",
  "listUntoldRuns",
  "notifyRun",
  "subscribeRun",
  "staleAfterSeconds",
];

describe("ownership", () => {
  it("is tested for every query there is", () => {
    expect(Object.keys(queries).sort()).toEqual([...Object.keys(calls), ...withoutOwner].sort());
  });

  // First all of the stranger's, while every thing is still there to be seen.
  it.each(Object.entries(calls))(
    "%s gives a stranger what a missing thing would give",
    async (_name, call) => {
      await expect(call(aViewer())).rejects.toMatchObject({ code: "NOT_FOUND" });
    },
  );

  it.each(Object.entries(calls))("%s gives it to the owner", async (_name, call) => {
    await call(owner);
  });

  it("keeps an export when its conversation is deleted", async () => {
    expect(await queries.getExport(owner, owned.exportId)).toMatchObject({
      conversationId: null,
      stamp: "v2026.11",
    });
    expect((await queries.listExports(owner)).map(({ id }) => id)).toEqual([owned.exportId]);
    expect(await queries.listExports(aViewer())).toEqual([]);
  });
});

async function takeFirst(events: AsyncGenerator<unknown>): Promise<void> {
  await events.next();
  await events.return(undefined);
}
