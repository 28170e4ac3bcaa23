import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type OpenSearch, openSearch } from "@/lib/registry/search";
import { declaredRegistry, martPhrases, type Rank, searchPhrases } from "./evals/mart-phrases";
import { coreTables } from "./support/world-mart";

let directory: string;
let search: OpenSearch;
const rank: Rank = async (phrase) => (await search.rank(phrase)).map(({ table }) => table);

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "search-"));
  search = await openSearch({ registry: await declaredRegistry(coreTables), directory, modelsDir: null });
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe("the demo mart, searched with latent vectors", () => {
  it("finds the table of paraphrases: nine in ten first, all among three", async () => {
    const found = await searchPhrases(rank, martPhrases.tables);
    expect(found.first, found.wrong.join("; ")).toBeGreaterThanOrEqual(0.9);
    expect(found.missing).toEqual([]);
  });

  it("does nearly as well on paraphrases that it was not tuned on", async () => {
    const found = await searchPhrases(rank, martPhrases.held_out);
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
