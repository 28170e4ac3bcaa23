import { sql } from "drizzle-orm";
import { expect, it, vi } from "vitest";
import { cancel, start } from "@/agents/run";
import { database } from "@/db/client";
import { latestRun, listExports } from "@/db/queries";
import { aViewer } from "./support/a-viewer";
import { setUpDemoMart } from "./support/demo-mart";
import { begin, words, yes } from "./support/turns";

/** Called when the real store has written, and is about to say so. */
let onWritten = async (_key: string) => {};
/** Called before the real store writes a file. */
let onWrite = async (_key: string) => {};
/** Called before the real store looks whether a file is there. */
let onLook = async (_key: string) => {};
vi.mock("@/lib/objects", async (original) => {
  const real = await original<typeof import("@/lib/objects")>();
  const openObjectStore: typeof real.openObjectStore = (given) => {
    const store = real.openObjectStore(given);
    return {
      ...store,
      exists: async (key) => {
        await onLook(key);
        return store.exists(key);
      },
      putFile: async (key, file, signal) => {
        await onWrite(key);
        await store.putFile(key, file, signal);
        await onWritten(key);
      },
      putIfAbsent: async (key, body) => {
        const isNew = await store.putIfAbsent(key, body);
        await onWritten(key);
        return isNew;
      },
    };
  };
  return { ...real, openObjectStore };
});

const viewer = aViewer("Tester");

setUpDemoMart(60);

async function stopWhenWritten(file: RegExp) {
  const tell = await begin(viewer);
  const built = await tell("geo features for sellers in Mumbai, no personal data");
  const asked = await tell(yes(built.approval));
  onWritten = async (key) => {
    if (!file.test(key)) return;
    await cancel(viewer, tell.id);
    // The graph has been told by now, and has stopped waiting for the export.
    await new Promise((resolve) => setTimeout(resolve, 200));
  };
  const answer = await tell(yes(asked.approval));
  onWritten = async () => {};
  // Whatever might still go on unseen has had its time.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  expect((await latestRun(viewer, tell.id))?.status).toBe("cancelled");
  return { answer, exports: await listExports(viewer, tell.id) };
}

const ending = ({ parts }: Awaited<ReturnType<typeof stopWhenWritten>>["answer"]) =>
  parts("notice").at(-1)?.text;

it("stopped before the manifest is there, nothing is exported", async () => {
  const { answer, exports } = await stopWhenWritten(/matrix-.*parquet$/);
  expect(exports).toHaveLength(0);
  expect(answer.parts("export")).toEqual([]);
  expect(ending(answer)).toBe("Stopped. Nothing was exported.");
});

it("stopped too late, the export is there and is shown", async () => {
  const { answer, exports } = await stopWhenWritten(/exports\/.*manifest\.json$/);
  expect(exports).toHaveLength(1);
  expect(answer.parts("export")).toHaveLength(1);
  expect(ending(answer)).not.toContain("Nothing was exported");
});

it("is not left for another message while it is made here, though the heartbeat is late", async () => {
  const tell = await begin(viewer);
  const built = await tell("geo features for sellers in Mumbai, no personal data");
  const asked = await tell(yes(built.approval));
  let another: Promise<unknown> = Promise.resolve("not said");
  onWritten = async (key) => {
    if (!/matrix-.*parquet$/.test(key)) return;
    await database().execute(sql`update runs set heartbeat_at = now() - interval '1 minute'`);
    another = start(viewer, { conversationId: tell.id, message: words("hello") }).catch((error) => error);
    await another;
  };
  const answer = await tell(yes(asked.approval));
  onWritten = async () => {};
  expect(await another).toMatchObject({ code: "RUN_ACTIVE" });
  expect(answer.parts("export")).toHaveLength(1);
  expect((await latestRun(viewer, tell.id))?.status).toBe("finished");
});

it.each([
  ["is looked into", (silence: () => Promise<void>) => (onLook = silence)],
  ["takes the matrix", (silence: () => Promise<void>) => (onWrite = silence)],
])("is stopped at once while a store that %s is silent", async (_, fallSilent) => {
  const tell = await begin(viewer);
  const built = await tell("geo features for sellers in Mumbai, no personal data");
  const asked = await tell(yes(built.approval));
  fallSilent(async () => {
    fallSilent(async () => {});
    await cancel(viewer, tell.id);
    await new Promise(() => {});
  });
  const answer = await tell(yes(asked.approval));
  expect(ending(answer)).toBe("Stopped. Nothing was exported.");
  expect((await latestRun(viewer, tell.id))?.status).toBe("cancelled");
  expect(await listExports(viewer, tell.id)).toEqual([]);
});
