import { describe, expect, it } from "vitest";
import { smallMarketplace } from "@/tests/fixtures/small-marts";
import { splitClauses } from "./clauses";
import { readConditions } from "./conditions";
import { dateAt, endOf } from "./dates";
import { editDistance, singular, stem, tokenize } from "./text";
import { readTimes } from "./times";

const asOf = smallMarketplace.asOf;

describe("readConditions", () => {
  it.each([
    ["at least 10 listings", "gte", [10], null],
    ["no more than 5", "lte", [5], null],
    ["over 5 lakh", "gt", [500_000], null],
    ["under ₹2.5 crore", "lt", [25_000_000], "money"],
    ["10k or more", "gte", [10_000], null],
    ["5+ staff", "gte", [5], null],
    ["more than 20%", "gt", [20], "percent"],
    ["20 percent or less", "lte", [20], "percent"],
    ["between 3 and 5 years", "between", [3, 5], "time"],
    ["between 3 and 6 lakh", "between", [300_000, 600_000], null],
    ["older than two years", "gt", [2], "time"],
    ["at least 10 years old", "gte", [10], "time"],
    [">= 4.5", "gte", [4.5], null],
    ["kam se kam 10", "gte", [10], null],
    ["longer than 1000 miles", "gt", [1000], "distance"],
    ["exactly 3", "in", [3], null],
  ])("reads “%s”", (text, operator, values, unit) => {
    expect(readConditions(tokenize(text))).toMatchObject([{ operator, values, unit }]);
  });

  it.each([
    "10 listings",
    "top 10 sellers",
    "more features",
    "over the moon",
    "start over: one row",
    "in 2024",
    "v2026.11",
  ])("sees no comparison in “%s”", (text) => {
    expect(readConditions(tokenize(text))).toEqual([]);
  });
});

describe("dateAt", () => {
  it.each([
    ["30 June 2026", "2026-06-30T23:59:59Z"],
    ["June 30th, 2026", "2026-06-30T23:59:59Z"],
    ["the 1st of March 2025", "2025-03-01T23:59:59Z"],
    ["2026-02-28", "2026-02-28T23:59:59Z"],
    ["31/12/2025", "2025-12-31T23:59:59Z"],
    ["end of June 2026", "2026-06-30T23:59:59Z"],
    ["February 2024", "2024-02-29T23:59:59Z"],
    ["2026-06-30T12:00:00Z", "2026-06-30T12:00:00Z"],
    ["15 August", "2026-08-15T23:59:59Z"],
    ["15 December", "2025-12-15T23:59:59Z"],
  ])("reads “%s”", (text, instant) => {
    const date = dateAt(tokenize(text), 0);
    expect(date && endOf(date, asOf)).toBe(instant);
  });

  it.each(["30 February 2026", "31/13/2025", "may", "June", "99 June 2026"])(
    "sees no date in “%s”",
    (text) => {
      expect(dateAt(tokenize(text), 0)).toBeNull();
    },
  );
});

describe("readTimes", () => {
  it.each([
    ["v2026.11", { stamp: "v2026.11" }],
    ["the November 2026 version", { stamp: "v2026.11" }],
    ["version of March 2025", { stamp: "v2025.03" }],
    ["as of 30 June 2026", { asOf: "2026-06-30T23:59:59Z" }],
    ["an hour before departure", { delays: [{ seconds: 3600 }] }],
    ["half an hour before take-off", { delays: [{ seconds: 1800 }] }],
    ["2 days prior to the event", { delays: [{ seconds: 172_800 }] }],
    ["with a 1 day lag", { delays: [{ seconds: 86_400 }] }],
    ["the last 90 days", { windows: [{ days: 90 }] }],
    ["past quarter", { windows: [{ days: 90 }] }],
    ["7-day views", { windows: [{ days: 7 }] }],
    ["last three months", { windows: [{ days: 90 }] }],
    ["over 90 days", { windows: [{ days: 90 }] }],
  ])("reads “%s”", (text, expected) => {
    expect(readTimes(tokenize(text), smallMarketplace)).toMatchObject(expected);
  });
});

describe("splitClauses", () => {
  const shown = (text: string) =>
    splitClauses(tokenize(text)).map(
      ({ tokens, mood }) => `${mood}: ${tokens.map(({ word }) => word).join(" ")}`,
    );

  it.each([
    [
      "geo and trends, no PII, census",
      ["include: geo", "include: trends", "exclude: pii", "include: census"],
    ],
    ["without trends and census. add geo", ["exclude: trends", "exclude: census", "include: geo"]],
    ["use Nagpur instead of Pune", ["include: nagpur", "exclude: pune"]],
    ["instead of Pune use Nagpur", ["exclude: pune", "include: nagpur"]],
    ["replace census with housing", ["exclude: census", "include: housing"]],
    ["keep only geo", ["only: geo"]],
    ["skip everything but geo", ["only: geo"]],
    ["clickstream hatao", ["exclude: clickstream"]],
  ])("splits “%s”", (text, clauses) => {
    expect(shown(text)).toEqual(clauses);
  });
});

describe("words", () => {
  it.each([
    ["rated", "rating"],
    ["ratings", "rating"],
    ["prices", "priced"],
    ["cities", "city"],
    ["listings", "listing"],
  ])("gives %s and %s one stem", (a, b) => {
    expect(stem(a)).toBe(stem(b));
  });

  it("tells a rating from a rate", () => {
    expect(stem("rating")).not.toBe(stem("rate"));
    expect(stem("ratings")).not.toBe(stem("rates"));
  });

  it("tells marketing from a market, and keeps words that only look plural", () => {
    expect(stem("marketing")).not.toBe(stem("market"));
    expect(["status", "business", "dealers", "boxes"].map(singular)).toEqual([
      "status",
      "business",
      "dealer",
      "box",
    ]);
  });

  it("counts edits, and stops counting at its limit", () => {
    expect(editDistance("mumbay", "mumbai", 2)).toBe(1);
    expect(editDistance("nagpru", "nagpur", 2)).toBe(1);
    expect(editDistance("", "abc", 3)).toBe(3);
    expect(editDistance("atlantis", "nagpur", 2)).toBe(3);
  });
});
