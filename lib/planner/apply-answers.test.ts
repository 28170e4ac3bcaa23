import { describe, expect, it } from "vitest";
import { AppError } from "@/lib/errors";
import { type FeatureSet, resolveFeatureSet } from "@/lib/feature-set";
import type { Registry } from "@/lib/registry/types";
import { smallFlights, smallMarketplace } from "@/tests/fixtures/small-marts";
import { applyAnswers } from "./apply-answers";
import { questionFor } from "./question-for";

function setOf(registry: Registry, entity: string, selections: FeatureSet["selections"]): FeatureSet {
  return {
    version: 1,
    mart: registry.mart,
    stamp: registry.stamp,
    spine: { kind: "population", entity, asOf: null },
    filters: [],
    selections,
    alignment: { boundary: "inclusive", knownAt: false, delaySeconds: 0 },
    names: "short",
    excludePii: false,
  };
}

/** The question that the compiler's own error leads to. */
function questionOf(featureSet: FeatureSet, registry: Registry) {
  try {
    resolveFeatureSet(featureSet, registry);
    return null;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return questionFor(error, featureSet, registry);
  }
}

const flights = (features: FeatureSet["selections"]) => setOf(smallFlights, "flight", features);
const airports = flights([{ table: "airports", features: ["alt"] }]);
const listings = setOf(smallMarketplace, "seller", [{ table: "LISTINGS", features: ["MAKE", "PRICE_INR"] }]);

describe("questions of the compiler and their answers", () => {
  it("asks which of two paths, and takes the answer", () => {
    const question = questionOf(airports, smallFlights);
    expect(question).toMatchObject({
      id: "path:airports",
      choices: [{ id: "dest" }, { id: "origin" }, { id: "leave-out" }],
    });
    const answered = applyAnswers(airports, { "path:airports": "origin" }, smallFlights);
    expect(answered.selections).toEqual([{ table: "airports", features: ["alt"], path: "origin" }]);
    expect(questionOf(answered, smallFlights)).toBeNull();
    expect(applyAnswers(airports, { "path:airports": "leave-out" }, smallFlights).selections).toEqual([]);
  });

  it("asks for the path of a filter too", () => {
    const filtered: FeatureSet = {
      ...flights([{ table: "planes", features: ["seats"] }]),
      filters: [{ table: "airports", column: "alt", operator: "gt", values: [100] }],
    };
    expect(questionOf(filtered, smallFlights)?.id).toBe("path:airports");
    const answered = applyAnswers(filtered, { "path:airports": "dest" }, smallFlights);
    expect(answered.filters[0]).toMatchObject({ path: "dest" });
    expect(questionOf(answered, smallFlights)).toBeNull();
  });

  it("asks for a rule of aggregation that fits all features, and gives it to those without one", () => {
    const question = questionOf(listings, smallMarketplace);
    expect(question?.id).toBe("aggregate:LISTINGS");
    expect(question?.choices.map(({ id }) => id)).toEqual([
      "min",
      "max",
      "count",
      "sum",
      "mean",
      "leave-out",
    ]);
    expect(question?.choices.find(({ id }) => id === "mean")).toMatchObject({
      detail: "Only for PRICE_INR; the others are asked about next.",
      proposed: false,
    });
    expect(question?.choices.filter(({ proposed }) => proposed)).toHaveLength(1);
    const answered = applyAnswers(listings, { "aggregate:LISTINGS": "max" }, smallMarketplace);
    expect(answered.selections[0]?.aggregation).toEqual({ MAKE: "max", PRICE_INR: "max" });
    expect(questionOf(answered, smallMarketplace)).toBeNull();
    expect(
      applyAnswers(listings, { "aggregate:LISTINGS": "leave-out" }, smallMarketplace).selections,
    ).toEqual([]);
    expect(
      applyAnswers(listings, { "aggregate:LISTINGS": "mean" }, smallMarketplace).selections[0]?.aggregation,
    ).toEqual({
      PRICE_INR: "mean",
    });
    const halfway = applyAnswers(listings, { "aggregate:LISTINGS": "mean" }, smallMarketplace);
    expect(questionOf(halfway, smallMarketplace)?.text).toMatch(/make them one for MAKE\. How/);
  });

  it("asks how to tell two features of one name apart", () => {
    const clash = flights([
      { table: "airlines", features: ["name"] },
      { table: "airports", features: ["name", "alt"], path: "origin" },
    ]);
    const question = questionOf(clash, smallFlights);
    expect(question?.choices.map(({ id }) => id)).toEqual([
      "full",
      "drop:airlines.name",
      "drop:airports.name",
    ]);
    expect(questionOf(applyAnswers(clash, { names: "full" }, smallFlights), smallFlights)).toBeNull();
    const dropped = applyAnswers(clash, { names: "drop:airports.name" }, smallFlights);
    expect(dropped.selections.map(({ features }) => features)).toEqual([["name"], ["alt"]]);
  });

  it("has no question for what no answer would settle", () => {
    expect(questionFor(new AppError("QUERY_FAILED"), airports, smallFlights)).toBeNull();
    expect(questionFor(new AppError("PATH_AMBIGUOUS"), airports, smallFlights)).toBeNull();
  });
});

describe("applyAnswers", () => {
  const sellers = setOf(smallMarketplace, "seller", [
    { table: "SELLER_GEO_FEATURES", features: ["ROAD_DENSITY"] },
  ]);
  const answer = (id: string, choice: string) => applyAnswers(sellers, { [id]: choice }, smallMarketplace);

  it.each([
    ["value:in:CITIES.CITY_NAME:Atlantis", "Pune", { column: "CITY_NAME", operator: "in", values: ["Pune"] }],
    ["value:not_in:CITIES.CITY_NAME:Atlantis", "Pune", { operator: "not_in", values: ["Pune"] }],
    [
      "condition:rated above 4",
      "SELLERS.AVG_RATING gt [4]",
      { column: "AVG_RATING", operator: "gt", values: [4] },
    ],
    ["contradiction:CITIES.CITY_NAME", "not_in:Pune", { operator: "not_in", values: ["Pune"] }],
    [
      "contradiction:SELLERS.LISTING_COUNT",
      "gt:10",
      { column: "LISTING_COUNT", operator: "gt", values: [10] },
    ],
  ])("puts in the filter that %s was answered with", (id, choice, filter) => {
    expect(answer(id, choice).filters).toMatchObject([filter]);
  });

  it("changes the rows, and takes a contradicted table in or not", () => {
    expect(answer("entity", "city").spine).toMatchObject({ entity: "city" });
    expect(answer("contradiction:SELLER_TREND_FEATURES", "keep").selections).toHaveLength(2);
    expect(answer("contradiction:SELLER_TREND_FEATURES", "leave-out").selections).toHaveLength(1);
  });

  it.each([
    ["value:in:CITIES.CITY_NAME:Atlantis", "leave-out"],
    ["value:in:CITIES.NOPE:Atlantis", "Pune"],
    ["condition:x", "SELLERS.NOPE gt [4]"],
    ["condition:x", "SELLERS.AVG_RATING drop [4]"],
    ["condition:x", "'; drop table SELLERS; --"],
    ["contradiction:CITIES.CITY_NAME", "leave-out"],
    ["entity", "wizard"],
    ["names", "drop:nothing"],
    ["aggregate:LISTINGS", "mean"],
    ["no such question", "no such choice"],
  ])("changes nothing for %s → %s", (id, choice) => {
    expect(answer(id, choice)).toEqual(sellers);
  });
});
