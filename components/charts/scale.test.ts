import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { linear, measureTicks, roundTicks, someOf, tickLabel, timeLabels } from "./scale";

describe("ticks", () => {
  it.each([
    [0, 9, [0, 5, 10]],
    [0, 41, [0, 20, 40, 60]],
    [-1.6, 0.2, [-2, -1, 0, 1]],
    [5, 5, [0, 2, 4, 6]],
    [0, 0, [0, 0.5, 1]],
    [5e-324, 5e-324, [0]],
  ])("of %j to %j are round", (least, greatest, ticks) => {
    expect(roundTicks(least, greatest, 4)).toEqual(ticks);
  });

  it("hold all values between the first and the last, and are few", () => {
    // What is nearer to zero than a pixel could ever show is drawn as zero.
    const value = fc
      .double({ noNaN: true, min: -1e12, max: 1e12 })
      .map((one) => (Math.abs(one) < 1e-290 ? 0 : one));
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 20 }), fc.boolean(), (values, fromZero) => {
        const ticks = measureTicks(values, fromZero);
        const room = Math.abs((ticks.at(-1) ?? 0) - (ticks[0] ?? 0)) * 1e-9;
        expect(ticks[0]).toBeLessThanOrEqual(Math.min(...values) + room);
        expect(ticks.at(-1)).toBeGreaterThanOrEqual(Math.max(...values) - room);
        expect(ticks.length).toBeLessThan(12);
      }),
    );
  });

  it("of counts are whole", () => {
    expect(measureTicks([2, 1, 1], true)).toEqual([0, 1, 2]);
  });

  it("begin at zero, unless that would flatten what there is to see", () => {
    expect(measureTicks([900, 950, 980], false)[0]).toBeGreaterThan(0);
    expect(measureTicks([900, 950, 980], true)[0]).toBe(0);
    expect(measureTicks([10, 90], false)[0]).toBe(0);
  });
});

describe("labels", () => {
  it("are short, and keep years whole", () => {
    expect([0, 2026, 12_500, 3_526_290, -1_200_000, 0.1 + 0.2].map(tickLabel)).toEqual([
      ...["0", "2026", "12.5k", "3.526M", "-1.2M", "0.3"],
    ]);
  });

  it("of time are as exact as they must be", () => {
    const at = (...texts: string[]) => {
      const instants = texts.map((text) => Date.parse(text));
      return instants.map(timeLabels(instants));
    };
    expect(at("2025-01-01", "2026-01-01")).toEqual(["2025", "2026"]);
    expect(at("2025-01-01", "2025-02-01")).toEqual(["Jan 2025", "Feb 2025"]);
    expect(at("2025-01-01", "2025-01-02")).toEqual(["1 Jan 2025", "2 Jan 2025"]);
    expect(at("2025-01-01T10:30:00Z")).toEqual(["1 Jan 10:30"]);
  });
});

it("one value stands in the middle, many are thinned evenly", () => {
  expect(linear([3, 3], [0, 10])(3)).toBe(5);
  expect(linear([0, 10], [100, 0])(5)).toBe(50);
  expect(someOf([1, 2, 3, 4, 5, 6, 7], 4)).toEqual([1, 3, 5, 7]);
});
