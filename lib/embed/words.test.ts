import { describe, expect, it } from "vitest";
import { unitsOf } from "./words";

const stems = (text: string) => unitsOf(text).flatMap((unit) => unit.stems);

describe("unitsOf", () => {
  it.each([
    ["bounce rate, last 7 days", "bounce_rate_7d"],
    ["poi count within 1 km", "POI_COUNT_1KM"],
    ["schools within 500 metres", "schools_500m"],
    ["sales in the past week", "sales_7d"],
    ["sales of the last three months", "sales_90d"],
    ["clicks over a 12-month window", "clicks_12m window"],
    ["customer ID", "CustomerID"],
    ["year month", "yearMonth"],
    ["sales 2 weeks", "sales_14d"],
  ])("reads “%s” and %s alike", (phrase, name) => {
    expect(stems(phrase)).toEqual(stems(name));
  });

  it("keeps windows and radii apart", () => {
    expect(stems("7 days")).not.toEqual(stems("30 days"));
    expect(stems("1 km")).not.toEqual(stems("3 km"));
    expect(stems("5 m")).not.toEqual(stems("5 km"));
  });

  it("drops function words and the words of tables themselves", () => {
    expect(stems("please add all the features of our dealers")).toEqual(["dealer"]);
  });

  it("takes an idiom as one, also over function words", () => {
    const [unit, ...others] = unitsOf("month-on-month");
    expect(others).toEqual([]);
    expect(unit).toMatchObject({ text: "month on month", concepts: ["~trend"] });
  });

  it("gives synonyms a common concept", () => {
    const shared = (a: string, b: string) =>
      unitsOf(a)[0]?.concepts.filter((concept) => unitsOf(b)[0]?.concepts.includes(concept));
    expect(shared("wealthy", "income")).toContain("~wealth");
    expect(shared("neighbourhood", "locality")).toContain("~area");
    expect(shared("income", "weather")).toEqual([]);
  });

  it("finds nothing in nothing", () => {
    expect(unitsOf("")).toEqual([]);
    expect(unitsOf("the … of (and) ?!")).toEqual([]);
  });

  it("reads other scripts and very long texts", () => {
    expect(stems("Preis für Fahrräder")).toEqual(["preis", "für", "fahrräder"]);
    expect(unitsOf("views ".repeat(20_000))).toHaveLength(20_000);
  });
});
