import { describe, expect, it } from "vitest";
import { AppError } from "@/lib/errors";
import { pauseBefore, readRetryAfter, withRetries } from "./retry";

const passing = new AppError("PLANNER_UNAVAILABLE", "busy", { details: { retryable: true } });
const lasting = new AppError("PLANNER_UNAVAILABLE", "no", { details: { retryable: false } });
const endless = { left: () => Number.POSITIVE_INFINITY, signal: new AbortController().signal };

/** Fails so many times, then gives how often it was tried. */
function failing(times: number, error: unknown = passing) {
  let tried = 0;
  return async () => {
    tried++;
    if (tried <= times) throw error;
    return tried;
  };
}

describe("withRetries", () => {
  it("tries again what may pass", async () => {
    expect(await withRetries(failing(2), endless)).toBe(3);
  });

  it("gives up after three retries", async () => {
    const attempt = failing(4);
    await expect(withRetries(attempt, endless)).rejects.toBe(passing);
    expect(await attempt()).toBe(5);
  });

  it.each([
    ["what lasts", lasting],
    ["what is no failure of a call", new Error("a bug")],
  ])("does not try again %s", async (_, error) => {
    const attempt = failing(1, error);
    await expect(withRetries(attempt, endless)).rejects.toBe(error);
    expect(await attempt()).toBe(2);
  });

  it("does not begin to wait for what would be over too late", async () => {
    const busy = new AppError("PLANNER_UNAVAILABLE", "", {
      details: { retryable: true, retryAfter: 3_600_000 },
    });
    await expect(withRetries(failing(1, busy), { ...endless, left: () => 60_000 })).rejects.toBe(busy);
  });

  it("stops waiting when it is stopped", async () => {
    const stop = new AbortController();
    const busy = new AppError("PLANNER_UNAVAILABLE", "", {
      details: { retryable: true, retryAfter: 3_600_000 },
    });
    const tried = withRetries(failing(1, busy), { ...endless, signal: stop.signal });
    setTimeout(() => stop.abort(), 10);
    await expect(tried).rejects.toBe(busy);
  });
});

describe("the pause before a retry", () => {
  it("doubles, is drawn at random, and is never shorter than the server asked for", () => {
    expect([0, 1, 2].map((retries) => pauseBefore(retries, null, 1))).toEqual([500, 1000, 2000]);
    expect(pauseBefore(2, null, 0.25)).toBe(500);
    expect(pauseBefore(0, 3_000, 0)).toBe(3_000);
    expect(pauseBefore(0, 3_000, 1)).toBe(3_500);
    expect(pauseBefore(0, null)).not.toBe(pauseBefore(0, null));
  });
});

describe("readRetryAfter", () => {
  const now = Date.parse("2026-11-21T10:00:00Z");

  it.each([
    ["2", 2_000],
    ["0", 0],
    ["1.5", 1_500],
    ["Sat, 21 Nov 2026 10:00:30 GMT", 30_000],
    ["Sat, 21 Nov 2026 09:00:00 GMT", 0],
    ["soon", null],
    ["-1", null],
    ["", null],
    [null, null],
  ])("reads %j as %j ms", (header, expected) => {
    expect(readRetryAfter(header, now)).toBe(expected);
  });
});
