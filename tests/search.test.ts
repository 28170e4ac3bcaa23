import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type OpenSearch, openSearch } from "@/lib/registry/search";
import { declaredRegistry, martPhrases, type Rank, searchPhrases } from "./evals/mart-phrases";
import { coreTables } from "./support/world-mart";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "search-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const openMart = async (only?: string[]) =>
  openSearch({ registry: await declaredRegistry(only), directory, embeddings: { maker: "latent" } });
const rankIn =
  (search: OpenSearch): Rank =>
  async (phrase) =>
    (await search.rank(phrase)).map(({ table }) => table);
/** Those that one of the core tables answers. */
const ofCore = (cases: [string, string[]][]) =>
  cases.filter(([, accepted]) => accepted.some((table) => coreTables.includes(table)));

describe("the core tables of the mart, searched with latent vectors", () => {
  let search: OpenSearch;
  beforeAll(async () => {
    search = await openMart(coreTables);
  });

  it("finds the table of paraphrases: nine in ten first, all among three", async () => {
    const found = await searchPhrases(rankIn(search), ofCore(martPhrases.tables));
    expect(found.first, found.wrong.join("; ")).toBeGreaterThanOrEqual(0.9);
    expect(found.missing).toEqual([]);
  });

  it("does nearly as well on paraphrases that it was not tuned on", async () => {
    const found = await searchPhrases(rankIn(search), ofCore(martPhrases.held_out));
    expect(found.first, found.wrong.join("; ")).toBeGreaterThanOrEqual(0.8);
    expect(found.missing.length, found.missing.join("; ")).toBeLessThanOrEqual(3);
  });

  it.each(martPhrases.unrelated)("finds no table for “%s”", async (phrase) => {
    expect(await search.rank(phrase)).toEqual([]);
  });

  it.each(martPhrases.features)("finds for “%s” the feature %s", async (phrase, feature) => {
    expect((await search.rankFeatures(phrase))[0]?.feature).toBe(feature);
  });
});

/** What is reached on the whole mart, less two phrases. */
const floors = { tables: 66, tablesMissing: 4, heldOut: 31, heldOutMissing: 5 };

describe("the whole mart, searched with latent vectors", () => {
  let search: OpenSearch;
  beforeAll(async () => {
    search = await openMart();
  }, 60_000);

  it("finds the table of paraphrases", async () => {
    const found = await searchPhrases(rankIn(search), martPhrases.tables);
    const first = martPhrases.tables.length - found.wrong.length;
    expect(first, found.wrong.join("; ")).toBeGreaterThanOrEqual(floors.tables);
    expect(found.missing.length, found.missing.join("; ")).toBeLessThanOrEqual(floors.tablesMissing);
  });

  it("does nearly as well on paraphrases that it was not tuned on, a quarter of all or more", async () => {
    const found = await searchPhrases(rankIn(search), martPhrases.held_out);
    const first = martPhrases.held_out.length - found.wrong.length;
    expect(first, found.wrong.join("; ")).toBeGreaterThanOrEqual(floors.heldOut);
    expect(found.missing.length, found.missing.join("; ")).toBeLessThanOrEqual(floors.heldOutMissing);
    expect(martPhrases.held_out.length * 3).toBeGreaterThanOrEqual(martPhrases.tables.length);
  });

  it.each(martPhrases.unrelated)("finds no table for “%s”", async (phrase) => {
    expect(await search.rank(phrase)).toEqual([]);
  });

  it.each([
    ["page views", "seller", "CLICKSTREAM_SELLER_90D"],
    ["visits by device", "seller", "SELLER_TRAFFIC_BY_DEVICE"],
    ["cars for sale by fuel", "city", "CITY_SUPPLY_BY_FUEL"],
    ["cars for sale by fuel", "seller", "SELLER_STOCK_BY_FUEL"],
    ["loan applications", "buyer", "BUYER_CREDIT"],
    ["loan applications", "seller", "SELLER_BUYER_FINANCE"],
    ["house prices", "city", "CITY_PROPERTY"],
    ["house prices", "area", "PROPERTY_MARKET_FEATURES"],
  ])("for “%s” of a %s puts %s first", async (phrase, entity, table) => {
    expect((await search.rank(phrase, { entity }))[0]?.table).toBe(table);
  });
});
