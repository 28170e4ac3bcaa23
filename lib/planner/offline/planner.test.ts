import { rm } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FeatureSet } from "@/lib/feature-set/schema";
import { type OpenSearch, openSearch } from "@/lib/registry/search";
import { smallFlights, smallMarketplace } from "@/tests/fixtures/small-marts";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { applyRequest } from "../apply-request";
import { checkAnswer } from "../openai/check-request";
import { requestSchema } from "../schema";
import { offlinePlanner } from "./planner";

let folder: string;
let marketplace: OpenSearch;
let flights: OpenSearch;

beforeAll(async () => {
  folder = await temporaryFolder();
  marketplace = await openSearch({
    registry: smallMarketplace,
    directory: folder,
    embeddings: { maker: "latent" },
  });
  flights = await openSearch({ registry: smallFlights, directory: folder, embeddings: { maker: "latent" } });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function plan(message: string, featureSet: FeatureSet | null = null) {
  const context = { registry: smallMarketplace, search: marketplace, featureSet };
  const { request } = await offlinePlanner().plan(message, context);
  return requestSchema.parse(request);
}

async function planFlights(message: string) {
  const context = { registry: smallFlights, search: flights, featureSet: null };
  return (await offlinePlanner().plan(message, context)).request;
}

const tablesOf = (request: Awaited<ReturnType<typeof plan>>) =>
  request.include.flatMap(({ tables }) => tables);

const mainRequest =
  "Build a feature matrix for seller prioritisation: sellers in Mumbai and Pune, geo and engagement features, the last 90 days of clickstream, city demographics and LLM location scores. Exclude PII.";

describe("offlinePlanner", () => {
  it("understands the main request whole", async () => {
    const request = await plan(mainRequest);
    expect(request).toMatchObject({ intent: "build", entity: "seller", unresolved: [] });
    expect(tablesOf(request)).toEqual([
      "SELLER_GEO_FEATURES",
      "SELLER_ENGAGEMENT_FEATURES",
      "CLICKSTREAM_SELLER_90D",
      "CITY_DEMOGRAPHICS_FEATURES",
      "LLM_LOCATION_FEATURES",
    ]);
    expect(request.include.every(({ features }) => features.length === 0)).toBe(true);
    expect(request.filters).toMatchObject([
      { table: "CITIES", column: "CITY_NAME", operator: "in", values: ["Mumbai", "Pune"] },
    ]);
    expect(request.exclude).toMatchObject([{ kind: "pii" }]);
  });

  it("understands the flights: the origin's weather an hour before, and single features of two tables", async () => {
    const request = await planFlights(
      "for each flight out of JFK, weather at the origin an hour before departure, the plane's age and seats, the airline's name",
    );
    expect(request).toMatchObject({ intent: "build", entity: "flight", unresolved: [] });
    expect(request.filters).toMatchObject([{ table: "flights", column: "origin", values: ["JFK"] }]);
    expect(request.include[0]).toMatchObject({
      tables: ["weather"],
      features: [],
      delaySeconds: 3600,
      role: "origin",
    });
    expect(request.include.slice(1).flatMap(({ features }) => features)).toEqual([
      { table: "planes", feature: "age" },
      { table: "planes", feature: "seats" },
      { table: "airlines", feature: "name" },
    ]);
    const { featureSet } = applyRequest({ request, featureSet: null, registry: smallFlights });
    expect(featureSet.selections).toEqual([
      { table: "weather", features: ["temp", "wind_speed", "precip"], path: "origin", delaySeconds: 3600 },
      { table: "planes", features: ["seats", "age"] },
      { table: "airlines", features: ["name"] },
    ]);
  });

  it.each([
    "for each flight, the age of the plane",
    "for each flight, how old the plane is",
    "flights with the plane's age",
    "flights: plane age",
  ])("finds the age that no column stores in “%s”", async (message) => {
    const { entity, include, unresolved } = await planFlights(message);
    expect([entity, unresolved]).toEqual(["flight", []]);
    expect(include.flatMap(({ features }) => features)).toEqual([{ table: "planes", feature: "age" }]);
  });

  it.each([
    ["flights on planes older than 10 years, airline's name", "flight", "gt", [10]],
    ["flights of planes younger than 120 months, airline's name", "flight", "lt", [10]],
    ["flights with planes at least 20 years old, airline's name", "flight", "gte", [20]],
    ["flights where the plane's age is above 15, airline's name", "flight", "gt", [15]],
    ["flights, only planes older than 10 years, airline's name", "flight", "gt", [10]],
    ["planes between 5 and 10 years old, their seats", "plane", "between", [5, 10]],
  ])(
    "filters by it in “%s”, and takes nothing else of the planes",
    async (message, rows, operator, values) => {
      const { entity, filters, include, unresolved } = await planFlights(message);
      expect([entity, unresolved]).toEqual([rows, []]);
      expect(filters).toMatchObject([{ table: "planes", column: "age", operator, values }]);
      const [one] = include;
      expect(include).toHaveLength(1);
      expect(one?.features).toEqual([
        rows === "flight" ? { table: "airlines", feature: "name" } : { table: "planes", feature: "seats" },
      ]);
    },
  );

  it.each([
    ["flights on planes built before 2000, airline's name", "lt"],
    ["flights, only planes manufactured since 2000, airline's name", "gte"],
    ["flights with planes made in 2000, airline's name", "in"],
    ["flights where the plane's year is after 2000, airline's name", "gt"],
  ])("filters by the year of the plane, not of the flight, in “%s”", async (message, operator) => {
    const { entity, filters, include, unresolved } = await planFlights(message);
    expect([entity, unresolved]).toEqual(["flight", []]);
    expect(filters).toMatchObject([{ table: "planes", column: "year", operator, values: [2000] }]);
    expect(include.flatMap(({ features }) => features)).toEqual([{ table: "airlines", feature: "name" }]);
    expect(include).toHaveLength(1);
  });

  it("still dates flights by their own time", async () => {
    const { filters } = await planFlights("flights before 2014, the plane's seats");
    expect(filters).toMatchObject([{ table: "flights", column: "time_hour", operator: "lt" }]);
  });

  it("never takes an unknown place for a known one", async () => {
    const request = await plan("sellers in Atlantis with geo features");
    expect(request.filters).toEqual([]);
    expect(request.unresolved).toMatchObject([
      { reason: "value_unknown", phrase: "Atlantis", table: "CITIES", column: "CITY_NAME" },
    ]);
  });

  it.each([
    ["Bombay", ["Mumbai"]],
    ["pune", ["Pune"]],
    ["Mumbay and Nagpr", ["Mumbai", "Nagpur"]],
    ["bangalore or delhi", ["Bengaluru", "Delhi"]],
  ])("finds the cities in “%s”", async (words, values) => {
    const request = await plan(`sellers in ${words}, geo features`);
    expect(request.filters).toMatchObject([{ column: "CITY_NAME", operator: "in", values }]);
    expect(request.unresolved).toEqual([]);
  });

  it("ends with the rows what it rules out of them, and tells what it cannot tell apart", async () => {
    const request = await plan("sellers in Pune except dealers, trend features");
    expect(tablesOf(request)).toEqual(["SELLER_TREND_FEATURES"]);
    expect(request.exclude).toEqual([]);
    expect(request.unresolved).toMatchObject([{ phrase: "not dealers", reason: "features_unknown" }]);
  });

  it.each([
    ["sellers in Pune, engagemnt", ["SELLER_ENGAGEMENT_FEATURES"]],
    ["sellers in Pune, clikstream featres", ["CLICKSTREAM_SELLER_90D"]],
    [
      "sellers with demografics and actvity featuers",
      ["CITY_DEMOGRAPHICS_FEATURES", "SELLER_ENGAGEMENT_FEATURES"],
    ],
  ])("reads misspelt words of “%s”", async (words, tables) => {
    const request = await plan(words);
    expect(request.unresolved).toEqual([]);
    expect(tablesOf(request)).toEqual(tables);
  });

  it.each([
    "",
    "?!… —",
    "🚗🚗🚗 👍🏽",
    "SELECT * FROM SELLERS; DROP TABLE SELLERS; --",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "मुझे मुंबई के विक्रेता चाहिए",
    "请给我所有卖家的数据",
    "\u0000\u202Egeo",
    "a".repeat(100_000),
    "in Mumbai and ".repeat(7000),
    "with at least 10 listings and ".repeat(3400),
    "(".repeat(100_000),
    "1".repeat(100_000),
    "- ".repeat(50_000),
    "Xyzzyplugh in Qwortle, ".repeat(4000),
  ])("reads anything at all (case %#)", async (message) => {
    const request = await plan(message);
    // Held to the same check as a language model: every name in it exists.
    expect(checkAnswer(JSON.stringify(request), message, request.intent, smallMarketplace)).toHaveProperty(
      "value",
    );
  });
});
