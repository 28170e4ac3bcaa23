import { rm } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resolveFeatureSet } from "@/lib/feature-set";
import { type OpenSearch, openSearch } from "@/lib/registry/search";
import { smallClinic } from "@/tests/fixtures/small-clinic";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { applyRequest } from "../apply-request";
import { checkAnswer } from "../openai/check-request";
import { offlinePlanner } from "./planner";

let folder: string;
let search: OpenSearch;

beforeAll(async () => {
  folder = await temporaryFolder();
  search = await openSearch({ registry: smallClinic, directory: folder, embeddings: { maker: "latent" } });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function plan(message: string) {
  const context = { registry: smallClinic, search, featureSet: null };
  const { request } = await offlinePlanner().plan(message, context);
  expect(checkAnswer(JSON.stringify(request), message, request.intent, smallClinic)).toHaveProperty("value");
  return { request, ...applyRequest({ request, featureSet: null, registry: smallClinic }) };
}

describe("wishes with a rule", () => {
  it("make one value of a finer table's rows, and a count of them", async () => {
    const { request, featureSet, changes } = await plan(
      "for each patient: number of visits, average weight, total bill, and their city",
    );
    expect(request).toMatchObject({ intent: "build", entity: "patient", unresolved: [] });
    expect(featureSet.selections).toEqual([
      {
        table: "visits",
        features: ["visit_id", "weight_kg", "bill_usd"],
        aggregation: { visit_id: "count", weight_kg: "mean", bill_usd: "sum" },
      },
      { table: "patients", features: ["city"] },
    ]);
    expect(changes.join("\n")).toContain("visit_id of visits: how many rows have it");
    const { columns } = resolveFeatureSet(featureSet, smallClinic);
    expect(columns.map(({ aggregation }) => aggregation)).toEqual([null, "count", "mean", "sum", null]);
  });

  it.each([
    ["for each patient: average weight", { weight_kg: "mean" }],
    ["patients with their highest bill", { bill_usd: "max" }],
    ["per patient lowest weight and latest bill", { weight_kg: "min", bill_usd: "latest" }],
    ["patients, count of visits", { visit_id: "count" }],
  ])("are read from “%s”", async (message, aggregation) => {
    const { request, featureSet } = await plan(message);
    expect(request.unresolved).toEqual([]);
    expect(featureSet.selections).toMatchObject([{ table: "visits", aggregation }]);
  });

  it("ask for nothing where the rows have one value", async () => {
    const { featureSet } = await plan("for each visit: average weight and total bill");
    expect(featureSet.selections).toEqual([{ table: "visits", features: ["weight_kg", "bill_usd"] }]);
  });

  it("of two kinds for one feature are one, and the other is told", async () => {
    const { featureSet, changes } = await plan("for each patient: average weight, highest weight");
    expect(featureSet.selections).toMatchObject([{ aggregation: { weight_kg: "mean" } }]);
    expect(changes).toContain(
      "A matrix holds visits.weight_kg once, here as its mean, so “highest weight” is not added.",
    );
  });

  it("that do not fit a type are told", async () => {
    const { changes } = await plan("for each patient: total ward");
    expect(changes).toContain("“total ward” does not fit the values of ward.");
  });
});

describe("wishes that nothing fits", () => {
  it.each([
    ["for each patient: average shoe, city", "average shoe"],
    ["patients, flurbles, city", "flurbles"],
    ["for each patient: flurbles", "flurbles"],
  ])("are told: “%s”", async (message, phrase) => {
    const { request, changes } = await plan(message);
    expect(request.unresolved).toMatchObject([{ phrase, reason: "features_unknown" }]);
    expect(changes.join("\n")).toContain(`Nothing in the mart fits “${phrase}”.`);
  });
});

describe("another entity in a list of wishes", () => {
  it("is its whole table", async () => {
    const { featureSet } = await plan("for each patient: visits and city");
    expect(featureSet.selections).toEqual([
      { table: "visits", features: ["weight_kg", "bill_usd", "ward"] },
      { table: "patients", features: ["city"] },
    ]);
  });
});

describe("a flag", () => {
  it.each([
    ["patients with their city, smoker and bill", ["city", "smoker", "bill_usd"], []],
    ["patients, city and smoker", ["city", "smoker"], []],
    ["per patient: average weight and smoker", ["weight_kg", "smoker"], []],
    ["smoker patients, city", ["city"], ["smoker"]],
    ["patients in Pune, smoker, with their ward", ["ward"], ["city", "smoker"]],
  ])("is a feature in a list of them, else a filter: “%s”", async (message, features, filtered) => {
    const { request } = await plan(message);
    expect(request.include.flatMap((one) => one.features.map(({ feature }) => feature))).toEqual(features);
    expect(request.filters.map(({ column }) => column).sort()).toEqual(filtered);
  });
});
