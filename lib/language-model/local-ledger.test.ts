import { describe, expect, it } from "vitest";
import { localLedger } from ".";

describe("a budget within a larger one", () => {
  it("takes of both, and gives back to both", async () => {
    const day = localLedger(1_000);
    const run = localLedger(500, day);
    const first = await run.reserve(100, 400);
    expect(first).toMatchObject({ tokens: 400 });
    expect([run.used, day.used]).toEqual([400, 400]);
    if ("settle" in first) await first.settle(30);
    expect([run.used, day.used]).toEqual([30, 30]);
  });

  it("gives what the larger one still has, and says which of them is used up", async () => {
    const day = localLedger(1_000);
    await day.reserve(800, 800);
    const run = localLedger(500, day);
    expect(await run.reserve(100, 400)).toMatchObject({ tokens: 200 });
    expect(run.used).toBe(200);
    expect(await run.reserve(100, 100)).toEqual({ usedUp: "turn", limit: 1_000 });
    expect(await run.reserve(301, 400)).toEqual({ usedUp: "turn", limit: 500 });
  });

  it("keeps nothing set aside that the larger one refused", async () => {
    const day = localLedger(0);
    const run = localLedger(500, day);
    await run.reserve(100, 400);
    const lost = localLedger(500, { reserve: () => Promise.reject(new Error("lost")) });
    await expect(lost.reserve(100, 400)).rejects.toThrow("lost");
    expect([run.used, lost.used]).toEqual([0, 0]);
  });

  it("holds for both, however many ask at once", async () => {
    const day = localLedger(1_000);
    const runs = [localLedger(700, day), localLedger(700, day)];
    const given = await Promise.all(Array.from({ length: 20 }, (_, at) => runs[at % 2]?.reserve(100, 100)));
    expect(given.filter((one) => one && "tokens" in one)).toHaveLength(10);
    expect(Math.max(...runs.map(({ used }) => used))).toBeLessThanOrEqual(700);
  });
});
