import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { appendRunEvents, followRun, listRunEvents, setRunStatus, subscribeRun } from "@/db/queries";
import { aRun } from "@/tests/support/a-conversation";
import { aViewer } from "@/tests/support/a-viewer";
import { createTestDatabase, type TestDatabase } from "@/tests/support/database";

let testDatabase: TestDatabase;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
});
afterAll(() => testDatabase.drop());

const viewer = aViewer();

describe("run events", () => {
  it("come back in order, from any number on, with what jsonb cannot hold taken out", async () => {
    const { run } = await aRun(viewer);
    expect(
      await appendRunEvents(viewer, run.id, "m1", [{ n: 1 }, { n: 2, text: "a\0b \uD800 😀 \\u0000" }]),
    ).toBe(2);
    expect(await appendRunEvents(viewer, run.id, "m1", [{ n: 3 }])).toBe(3);
    const events = await listRunEvents(viewer, run.id, 1);
    expect(events.map(({ sequence, chunk }) => [sequence, chunk])).toEqual([
      [2, { n: 2, text: "ab \uFFFD 😀 \\u0000" }],
      [3, { n: 3 }],
    ]);
  });

  it("get numbers without gaps or doubles from many writers at once, each batch together", async () => {
    const { run } = await aRun(viewer);
    const batches = Array.from({ length: 20 }, (_, batch) => [0, 1, 2].map((place) => ({ batch, place })));
    const lasts = await Promise.all(batches.map((chunks) => appendRunEvents(viewer, run.id, "m1", chunks)));
    const events = await listRunEvents(viewer, run.id);
    expect(events.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
    lasts.forEach((last, batch) => {
      const own = events.slice(last - 3, last).map(({ chunk }) => chunk);
      expect(own).toEqual([0, 1, 2].map((place) => ({ batch, place })));
    });
  });

  it("are followed as they come, from the last number seen, to the end of the run", async () => {
    const { run } = await aRun(viewer);
    await appendRunEvents(viewer, run.id, "m1", [{ n: 1 }, { n: 2 }]);
    const seen: number[] = [];
    for await (const events of followRun(viewer, run.id, 1, new AbortController().signal)) {
      seen.push(...events.map(({ sequence }) => sequence));
      const last = seen.at(-1) ?? 0;
      if (last < 5) await appendRunEvents(viewer, run.id, "m1", [{ n: last + 1 }]);
      else await setRunStatus(viewer, run.id, "finished");
    }
    expect(seen).toEqual([2, 3, 4, 5]);
  });

  it("stop being followed when the reader goes away", async () => {
    const { run } = await aRun(viewer);
    await appendRunEvents(viewer, run.id, "m1", [{ n: 1 }]);
    const reader = new AbortController();
    let batches = 0;
    for await (const _events of followRun(viewer, run.id, 0, reader.signal)) {
      batches += 1;
      setImmediate(() => reader.abort());
    }
    expect(batches).toBe(1);
  });

  it("wake the readers of their own run", async () => {
    const [{ run: ours }, { run: other }] = [await aRun(viewer), await aRun(viewer)];
    let wake = () => {};
    const woken = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const unsubscribe = await subscribeRun(ours.id, () => wake());
    await appendRunEvents(viewer, other.id, "m1", [{}]);
    await appendRunEvents(viewer, ours.id, "m1", [{}]);
    await woken;
    await unsubscribe();
  });
});
