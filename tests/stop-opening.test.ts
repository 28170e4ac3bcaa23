import { expect, it, vi } from "vitest";
import { allRunsSettled, cancel, start } from "@/agents/run";
import { getRun } from "@/db/queries";
import { aConversation } from "./support/a-conversation";
import { aViewer } from "./support/a-viewer";
import { setUpDemoMart } from "./support/demo-mart";
import { say, words } from "./support/turns";

/** What opening the mart waits for, as for a warehouse that has to be woken. */
let awake: Promise<void> | null = null;
vi.mock("@/lib/mart", async (original) => {
  const real = await original<typeof import("@/lib/mart")>();
  const openMart: typeof real.openMart = async (...of) => {
    await awake;
    return real.openMart(...of);
  };
  return { ...real, openMart };
});

const viewer = aViewer("Tester");

setUpDemoMart(60);

it("a turn is let go that is stopped while its warehouse wakes, and the next one runs", async () => {
  let wake = () => {};
  awake = new Promise((resolve) => {
    wake = resolve;
  });
  const { id: conversationId } = await aConversation(viewer);
  const { runId } = await start(viewer, { conversationId, message: words("hello") });
  await cancel(viewer, conversationId);
  await allRunsSettled();
  expect((await getRun(viewer, runId)).status).toBe("cancelled");
  wake();
  expect((await say(viewer, conversationId, "hello")).text).toMatch(/Which features/);
});
