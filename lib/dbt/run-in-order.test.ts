import { setTimeout as delay } from "node:timers/promises";
import fc from "fast-check";
import { expect, it } from "vitest";
import { runInOrder, type Task } from "./run-in-order";

/** Graphs without a circle: each task waits for some of those before it. */
const graphs = fc.array(fc.array(fc.nat(20), { maxLength: 3 }), { maxLength: 12 }).map((all) =>
  all.map(
    (after, index): Task => ({
      name: `t${index}`,
      after: index === 0 ? [] : [...new Set(after.map((number) => `t${number % index}`))],
    }),
  ),
);

it("runs every task after those it waits for, never more at once than allowed", async () => {
  await fc.assert(
    fc.asyncProperty(graphs, fc.integer({ min: 1, max: 4 }), async (tasks, atOnce) => {
      const done = new Set<string>();
      let running = 0;
      const results = await runInOrder(tasks, { atOnce }, async ({ name, after }) => {
        running++;
        expect(running).toBeLessThanOrEqual(atOnce);
        expect(after.every((one) => done.has(one))).toBe(true);
        await delay(0);
        done.add(name);
        running--;
        return name;
      });
      expect(results).toEqual(tasks.map(({ name }) => name));
    }),
    { numRuns: 60 },
  );
});

it("takes what is not among the tasks for done", async () => {
  expect(await runInOrder([{ name: "a", after: ["elsewhere"] }], { atOnce: 1 }, async () => 1)).toEqual([1]);
});

it("stops what runs at the first failure, starts nothing more, and tells that failure", async () => {
  const seen: string[] = [];
  const tasks = ["slow", "bad", "later"].map((name) => ({ name, after: name === "later" ? ["slow"] : [] }));
  const work = runInOrder(tasks, { atOnce: 2 }, async ({ name }, signal) => {
    seen.push(name);
    if (name === "bad") throw new Error("bad");
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    seen.push("stopped");
    throw new Error("stopped");
  });
  await expect(work).rejects.toThrow("bad");
  expect(seen).toEqual(["slow", "bad", "stopped"]);
});

it("starts nothing when it is cancelled before", async () => {
  const signal = AbortSignal.abort();
  const work = runInOrder([{ name: "a", after: [] }], { atOnce: 1, signal }, async () => 1);
  await expect(work).rejects.toMatchObject({ code: "QUERY_CANCELLED" });
});
