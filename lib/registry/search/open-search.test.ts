import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bookshopRegistry } from "@/tests/fixtures/bookshop-registry";
import { describeSubject, type OpenSearch, openSearch, type SearchOptions } from ".";

const models = path.join(process.cwd(), "..", "shared", "models");
let directory: string;
let search: OpenSearch;

const open = (options: Partial<SearchOptions> = {}) =>
  openSearch({ registry: bookshopRegistry(), directory, embeddings: { maker: "latent" }, ...options });
const first = async (phrase: string) => (await search.rank(phrase))[0];

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "search-"));
  search = await open();
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe("rank", () => {
  it.each([
    ["where the shop stands", "SHOP_PLACE"],
    ["foot traffic", "SHOP_PLACE"],
    ["browsing", "SHOP_WEB"],
    ["how affluent families are", "TOWN_PEOPLE"],
    ["demografics", "TOWN_PEOPLE"],
    ["cost of flats nearby", "TOWN_HOMES"],
  ])("finds for “%s” %s", async (phrase, table) => {
    expect((await first(phrase))?.table).toBe(table);
  });

  it.each([
    "",
    "   ",
    "?!",
    "the of and",
    "quantum spin of muons",
    "weather on mars",
    "blood pressure",
    "🎈".repeat(500),
  ])("finds nothing for “%s”", async (phrase) => {
    expect(await search.rank(phrase)).toEqual([]);
    expect(await search.rankFeatures(phrase)).toEqual([]);
  });

  it("keeps to the limit, falling scores and 0…1", async () => {
    const ranked = await search.rank("inhabitants, homes, page views and schools", { limit: 3 });
    expect(ranked).toHaveLength(3);
    const scores = ranked.map(({ score }) => score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect(scores.every((score) => score > 0 && score <= 1)).toBe(true);
  });

  it("scores the very words over a synonym, and that over a word among unknown ones", async () => {
    const [exact, synonym, diluted] = await Promise.all(
      ["demographics", "inhabitants of a town", "inhabitants colliding sideways"].map(first),
    );
    expect(exact?.table).toBe("TOWN_PEOPLE");
    expect(exact?.score).toBeGreaterThan(diluted?.score ?? 0);
    expect(synonym?.score).toBeGreaterThan(diluted?.score ?? 0);
  });

  it("says truthfully which words met what", async () => {
    const why = (await first("median earnings of inhabitants"))?.why;
    expect(why).toContainEqual({ word: "median", met: ["median_age", "median_income"] });
    expect(why?.find(({ word }) => word === "earnings")?.met).toEqual(["median_income (synonym)"]);
    expect((await first("demografics"))?.why[0]?.met[0]).toContain("(spelling)");
    const mentioned = why?.map(({ word }) => word) ?? [];
    expect(mentioned.every((word) => "median earnings of inhabitants".includes(word))).toBe(true);
  });

  it("counts the features that are meant: all when the table is named, else those that fit", async () => {
    expect(await first("clickstream")).toMatchObject({ table: "SHOP_WEB", matchingFeatures: 5 });
    expect(await first("bounce rate")).toMatchObject({
      table: "SHOP_WEB",
      matchingFeatures: 2,
      features: ["bounce_rate_7d", "bounce_rate_30d"],
    });
  });
});

describe("rankFeatures", () => {
  it.each([
    ["poi count within 1 km", "poi_count_1km"],
    ["points of interest within 500 metres", "poi_count_500m"],
    ["how many amenities within 3km", "poi_count_3km"],
    ["bounce rate last 7 days", "bounce_rate_7d"],
    ["bounce rate of the past month", "bounce_rate_30d"],
    ["page views in the last week", "page_views_7d"],
    ["literacy", "literacy_rate"],
    ["how far to the train", "distance_to_station_km"],
    ["page_views_30d", "page_views_30d"],
  ])("finds for “%s” %s", async (phrase, feature) => {
    expect((await search.rankFeatures(phrase))[0]?.feature).toBe(feature);
  });

  it("gives a feature called exactly so the score 1", async () => {
    expect((await search.rankFeatures("median_income"))[0]).toEqual({
      table: "TOWN_PEOPLE",
      feature: "median_income",
      score: 1,
    });
  });

  it("keeps to one table when told", async () => {
    const ranked = await search.rankFeatures("people", { table: "SHOP_PLACE" });
    expect(ranked.map(({ feature }) => feature)).toContain("footfall_index");
    expect(ranked.every(({ table }) => table === "SHOP_PLACE")).toBe(true);
    expect(await search.rankFeatures("people", { table: "NO_SUCH_TABLE" })).toEqual([]);
  });
});

describe("openSearch", () => {
  it("says how it searches", async () => {
    expect(search.description).toBe("words (BM25) fused with latent vectors, HNSW");
    const exact = await open({ loadHnsw: () => Promise.reject(new Error("no addon")) });
    expect(exact.description).toContain("exact search");
    expect((await exact.rank("browsing"))[0]?.table).toBe("SHOP_WEB");
    const bare = await open({ embeddings: { maker: "minilm", modelsDir: tmpdir() } });
    await bare.settled;
    expect(bare.description).toContain("MODELS_DIR has no complete all-MiniLM-L6-v2");
  });

  it("notices that the registry changed", async () => {
    const registry = bookshopRegistry();
    for (const feature of registry.features) {
      if (feature.name === "cart_adds_30d")
        Object.assign(feature, { name: "zeppelins", description: "airships" });
    }
    const changed = await open({ registry });
    expect((await changed.rank("zeppelins"))[0]?.table).toBe("SHOP_WEB");
    expect(await search.rank("zeppelins")).toEqual([]);
  });

  it("keeps the indexes of two marts in one folder", async () => {
    await open({ registry: { ...bookshopRegistry(), mart: "second mart" } });
    const seals = (await readdir(directory)).filter((file) => file.endsWith(".seal.json"));
    expect(seals.sort()).toEqual(["bookshops-latent.seal.json", "second-mart-latent.seal.json"]);
  });

  it("opens over an empty registry", async () => {
    const empty = await open({
      registry: { ...bookshopRegistry(), tables: [], features: [], mart: "empty" },
    });
    expect(await empty.rank("anything")).toEqual([]);
    expect(await empty.rankFeatures("anything")).toEqual([]);
  });

  it.skipIf(!existsSync(models))(
    "lets MiniLM join in (skipped where its files are not beside the project)",
    async () => {
      const told: number[] = [];
      const joined = await open({
        embeddings: { maker: "minilm", modelsDir: models },
        onProgress: (done) => told.push(done),
      });
      expect((await joined.rank("browsing"))[0]?.table).toBe("SHOP_WEB");
      await joined.settled;
      expect(joined.description).toBe("words (BM25) fused with MiniLM and latent vectors, HNSW");
      expect(told.at(-1)).toBeGreaterThan(20);
      expect((await joined.rank("can people read and write"))[0]?.table).toBe("TOWN_PEOPLE");
      expect(await joined.rank("quantum spin of muons")).toEqual([]);
    },
  );
});

describe("describeSubject", () => {
  const describeIt = (subject: string) => describeSubject(subject, bookshopRegistry(), search);

  it("describes a feature by its name, and a table", async () => {
    expect(await describeIt("poi_count_1km")).toContain(
      "**poi_count_1km** (SHOP_PLACE): points of interest within 1 km",
    );
    expect(await describeIt("Shop web")).toContain(
      "**SHOP_WEB**: Clickstream of the shop's pages — 5 features",
    );
  });

  it("offers the nearest, and nothing for nothing", async () => {
    expect(await describeIt("how many amenities within 3km")).toContain("poi_count_3km");
    expect(await describeIt("quantum spin of muons")).toBeNull();
  });
});
