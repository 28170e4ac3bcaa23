import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  appendMessage,
  claimRun,
  createConversation,
  deleteConversation,
  getConversation,
  listConversations,
  listMessages,
  renameConversation,
  saveMessage,
  setRunStatus,
} from "@/db/queries";
import { aConversation, aRun } from "@/tests/support/a-conversation";
import { aViewer } from "@/tests/support/a-viewer";
import { createTestDatabase, type TestDatabase } from "@/tests/support/database";

let testDatabase: TestDatabase;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
});
afterAll(() => testDatabase.drop());

const words = (text: string) => [{ type: "text", text }];

describe("conversations", () => {
  it("are the viewer's own, last used first", async () => {
    const [viewer, other] = [aViewer(), aViewer()];
    const [first, second] = [await aConversation(viewer), await aConversation(viewer)];
    await aConversation(other);
    await renameConversation(viewer, first.id, "  Pune\0 first ");
    const listed = await listConversations(viewer);
    expect(listed.map(({ id, title }) => [id, title])).toEqual([
      [first.id, "Pune first"],
      [second.id, "Sellers in Pune"],
    ]);
  });

  it("need a title", async () => {
    const viewer = aViewer();
    const { id } = await aConversation(viewer);
    await expect(renameConversation(viewer, id, " \0 ")).rejects.toMatchObject({ code: "BAD_INPUT" });
  });

  it("with an id that was given are made once, and never over another person's", async () => {
    const viewer = aViewer();
    const given = { id: "given", title: "One", mart: "auto-marketplace" };
    await createConversation(viewer, given);
    expect(await createConversation(viewer, { ...given, title: "Two" })).toMatchObject({ title: "One" });
    await expect(createConversation(aViewer(), given)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("are deleted with all they hold, but not while they are being worked on", async () => {
    const viewer = aViewer();
    const { conversation, run } = await aRun(viewer);
    await appendMessage(viewer, {
      id: "m",
      conversationId: conversation.id,
      role: "user",
      parts: words("hi"),
    });
    await expect(deleteConversation(viewer, conversation.id)).rejects.toMatchObject({ code: "RUN_ACTIVE" });
    await setRunStatus(viewer, run.id, "finished");
    await deleteConversation(viewer, conversation.id);
    await expect(getConversation(viewer, conversation.id)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

describe("messages", () => {
  it("get positions in order, also when many come at once, and one for a message sent twice", async () => {
    const viewer = aViewer();
    const { id } = await aConversation(viewer);
    const append = (n: number) =>
      appendMessage(viewer, { id: `m${n}`, conversationId: id, role: "user", parts: words(`${n}`) });
    await Promise.all([0, 1, 2, 3, 4, 5, 6, 7, 3, 3].map(append));
    const messages = await listMessages(viewer, id);
    expect(messages.map(({ position }) => position)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(messages.map((message) => message.id).sort()).toEqual([
      "m0",
      "m1",
      "m2",
      "m3",
      "m4",
      "m5",
      "m6",
      "m7",
    ]);
  });

  it("keep their place when their parts are written again", async () => {
    const viewer = aViewer();
    const { id: conversationId } = await aConversation(viewer);
    const answer = { id: "a", conversationId, role: "assistant" as const };
    await appendMessage(viewer, { id: "q", conversationId, role: "user", parts: words("build") });
    await saveMessage(viewer, { ...answer, parts: words("work…") });
    await appendMessage(viewer, { id: "q2", conversationId, role: "user", parts: words("and?") });
    await saveMessage(viewer, { ...answer, parts: words("done") });
    const messages = await listMessages(viewer, conversationId);
    expect(messages.map(({ id, parts }) => [id, parts])).toEqual([
      ["q", words("build")],
      ["a", words("done")],
      ["q2", words("and?")],
    ]);
  });

  it("may carry the id of a message elsewhere without touching it", async () => {
    const [one, other] = [aViewer(), aViewer()];
    const [mine, theirs] = [await aConversation(one), await aConversation(other)];
    const message = { id: "same", role: "user" as const };
    await saveMessage(one, { ...message, conversationId: mine.id, parts: words("mine") });
    await saveMessage(other, { ...message, conversationId: theirs.id, parts: words("theirs") });
    expect((await listMessages(one, mine.id)).map(({ parts }) => parts)).toEqual([words("mine")]);
  });

  it("cannot be tied to a run of another conversation", async () => {
    const viewer = aViewer();
    const { id: conversationId } = await aConversation(viewer);
    const { id: elsewhere } = await aConversation(viewer);
    const run = await claimRun(viewer, elsewhere, { messageId: "m", claimedBy: "p" });
    await expect(
      appendMessage(viewer, { id: "m", conversationId, runId: run.id, role: "user", parts: words("hi") }),
    ).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});
