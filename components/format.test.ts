import { describe, expect, it } from "vitest";
import { formatBytes, formatCell, formatCount, formatDuration, formatRate, plural } from "./format";

const plain = (text: string) => text.replaceAll("\u202f", " ");

describe("numbers on the page", () => {
  it.each([
    [0, "0"],
    [999, "999"],
    [1000, "1,000"],
    [1234567, "1,234,567"],
    [-12345, "-12,345"],
    [1234.5678, "1,234.5678"],
  ])("formatCount(%d) is %s", (value, text) => expect(formatCount(value)).toBe(text));

  it.each([
    [0, "0%"],
    [1, "100%"],
    [0.98765, "98.7%"],
    [0.0004, "<0.1%"],
    [0.99999, "99.9%"],
    [0.2, "20%"],
  ])("formatRate(%d) is %s and never rounds to certainty", (rate, text) =>
    expect(formatRate(rate)).toBe(text),
  );

  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1500, "1.5 kB"],
    [45_000_000, "45 MB"],
    [2_000_000_000_000_000, "2000 TB"],
  ])("formatBytes(%d) is %s", (bytes, text) => expect(plain(formatBytes(bytes))).toBe(text));

  it.each([
    [42, "42 ms"],
    [840, "0.8 s"],
    [83_000, "1 min 23 s"],
  ])("formatDuration(%d) is %s", (ms, text) => expect(plain(formatDuration(ms))).toBe(text));

  it("formats cells so that they can be read", () => {
    expect(formatCell(1234567)).toBe("1,234,567");
    expect(formatCell(2004)).toBe("2004");
    expect(formatCell(-12345)).toBe("-12,345");
    expect(formatCell(19.0760001)).toBe("19.076");
    expect(formatCell(0.0312345678)).toBe("0.03123");
    expect(formatCell(1.5e-9)).toBe("1.500e-9");
    expect(formatCell("Pune")).toBe("Pune");
    expect(formatCell(false)).toBe("false");
  });

  it("counts things", () => {
    expect(plural(1, "row")).toBe("1 row");
    expect(plural(2000, "row")).toBe("2,000 rows");
    expect(plural(0, "query", "queries")).toBe("0 queries");
  });
});
