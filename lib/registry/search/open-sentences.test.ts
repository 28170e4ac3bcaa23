import { cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { localLedger } from "@/lib/language-model";
import { bookshopRegistry } from "@/tests/fixtures/bookshop-registry";
import { testKey } from "@/tests/openai-server/model-at";
import { type OpenAiServer, startOpenAiServer } from "@/tests/openai-server/openai-server";
import { openSearch, type SearchOptions } from ".";

let directory: string;
let servers: OpenAiServer[];
let logged: string;
let ledger: ReturnType<typeof localLedger>;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "sentences-"));
  servers = [];
  logged = "";
  ledger = localLedger(1_000_000);
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    logged += String(text);
    return true;
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(servers.map((server) => server.close()));
  await rm(directory, { recursive: true, force: true });
});

async function aServer(options?: Parameters<typeof startOpenAiServer>[0]): Promise<OpenAiServer> {
  const server = await startOpenAiServer(options);
  servers.push(server);
  return server;
}

const open = ({ baseUrl }: OpenAiServer, model = "hashed-words", more: Partial<SearchOptions> = {}) =>
  openSearch({
    ...{ registry: bookshopRegistry(), directory },
    embeddings: { maker: "openai", apiKey: testKey, baseUrl, model, ledger },
    ...more,
  });

const sealed = async () =>
  (await readdir(directory)).filter((file) => file.endsWith(".seal.json")).map((file) => file.slice(0, -10));

describe("an embedding model", () => {
  it("joins in when its vectors are made, in batches, each text once", async () => {
    const server = await aServer();
    const told: number[] = [];
    const first = await open(server, "hashed-words", { onProgress: (done) => told.push(done) });
    await first.settled;
    expect(first.description).toBe("words (BM25) fused with hashed-words and latent vectors, HNSW");
    const texts = server.received.flatMap(({ body }) => body.input ?? []);
    expect(new Set(texts).size).toBe(texts.length);
    expect(told.at(-1)).toBeGreaterThan(20);
    expect(server.received[0]).toMatchObject({
      authorization: `Bearer ${testKey}`,
      body: { model: "hashed-words", encoding_format: "float" },
    });
    expect(server.received.every(({ body }) => (body.input?.length ?? 0) <= 128)).toBe(true);
    expect((await first.rank("can people read and write"))[0]?.table).toBe("TOWN_PEOPLE");

    server.received.length = 0;
    const second = await open(server);
    await second.settled;
    expect(server.received).toHaveLength(0);
    const changed = bookshopRegistry();
    Object.assign(changed.features[0] as object, { description: "something else" });
    await (await open(server, "hashed-words", { registry: changed })).settled;
    // The feature, and the table that it is named in where that says more of it.
    expect(server.received.flatMap(({ body }) => body.input ?? []).length).toBeLessThanOrEqual(2);
  });

  it("has indexes and vectors that no other maker, model or address reads", async () => {
    const [small, large] = [await aServer({ dimensions: 32 }), await aServer({ dimensions: 96 })];
    for (const [server, model] of [
      [small, "one"],
      [large, "one"],
      [large, "two"],
    ] as const) {
      const search = await open(server, model);
      await search.settled;
      expect(search.description).toContain(`${model} and latent vectors`);
      expect((await search.rank("literacy"))[0]?.table).toBe("TOWN_PEOPLE");
    }
    const files = await sealed();
    expect(files).toHaveLength(4);
    expect(files.filter((file) => file.startsWith("bookshops-openai-one-"))).toHaveLength(2);
    expect(await readdir(path.join(directory, "vectors"))).toHaveLength(3);

    // One's index in the place of another's: not its vectors, so it is built anew and not read.
    const [one, other] = files.filter((file) => file.startsWith("bookshops-openai-one-"));
    const sealOf = (file = "") => path.join(directory, `${file}.seal.json`);
    const before = JSON.parse(await readFile(sealOf(one), "utf8"));
    const content = `${one}.${before.sha256}`;
    const theirs = JSON.parse(await readFile(sealOf(other), "utf8"));
    await cp(
      path.join(directory, `${other}.${theirs.sha256}`),
      path.join(directory, `${one}.${theirs.sha256}`),
    );
    await cp(sealOf(other), sealOf(one));
    for (const server of [small, large]) {
      const search = await open(server, "one");
      await search.settled;
      expect((await search.rank("literacy"))[0]?.table).toBe("TOWN_PEOPLE");
    }
    expect(JSON.parse(await readFile(sealOf(one), "utf8"))).toEqual(before);
    expect(await readdir(directory)).toContain(content);
  });

  it("that is switched off leaves the search as it was without", async () => {
    const server = await aServer();
    await (await open(server)).settled;
    const without = await openSearch({
      ...{ registry: bookshopRegistry(), directory, embeddings: { maker: "latent" } },
    });
    expect(without.description).toBe("words (BM25) fused with latent vectors, HNSW");
  });

  it.each([
    ["fails", { kind: "fail", status: 500 } as const, /without a sentence model: .*HTTP 500/],
    [
      "refuses the key",
      { kind: "fail", status: 401, body: { error: { message: `Bad ${testKey}` } } } as const,
      /The embedding model refused the API key\. Correct OPENAI_API_KEY/,
    ],
    ["is unknown", { kind: "fail", status: 404 } as const, /Correct OPENAI_EMBEDDING_MODEL/],
    ["gives no vectors", { kind: "fail", status: 200, body: { data: [] } } as const, /./],
    [
      "gives one vector too few",
      { kind: "fail", status: 200, body: { data: [{ index: 0, embedding: [1, 0] }] } } as const,
      /./,
    ],
    [
      "gives what are no numbers",
      { kind: "fail", status: 200, body: { data: Array(30).fill({ embedding: ["x", "y"] }) } } as const,
      /./,
    ],
  ])("that %s leaves the search on latent vectors, and that is said", async (_, reply, sentence) => {
    const server = await aServer();
    server.scriptVectors(...Array(8).fill(reply));
    const search = await open(server);
    await search.settled;
    expect(search.description).toMatch(sentence);
    expect(search.description).toMatch(
      /^words \(BM25\) fused with latent vectors, HNSW; without a sentence model/,
    );
    expect((await search.rank("browsing"))[0]?.table).toBe("SHOP_WEB");
    expect(search.description + logged).not.toContain(testKey);
  });

  it("that fails now and then is asked again", async () => {
    const server = await aServer();
    server.scriptVectors(
      { kind: "fail", status: 429, headers: { "retry-after": "0" } },
      { kind: "fail", status: 503 },
    );
    const search = await open(server);
    await search.settled;
    expect(search.description).toContain("hashed-words and latent vectors");
  });

  it("is not waited for by the first start", async () => {
    const server = await aServer();
    server.scriptVectors({ kind: "silence" });
    const search = await open(server);
    expect((await search.rank("browsing"))[0]?.table).toBe("SHOP_WEB");
    expect(search.description).toContain("latent vectors, HNSW; the sentence model is being prepared");
    await vi.waitUntil(() => server.received.length > 0);
    await server.close();
    servers = [];
    await search.settled;
    expect(search.description).toContain("did not answer, or broke off");
  });

  it("is left alone when the process has done its work", async () => {
    const server = await aServer();
    server.scriptVectors({ kind: "silence" });
    const leaving = new AbortController();
    const search = await open(server, "hashed-words", { signal: leaving.signal });
    await vi.waitUntil(() => server.received.length > 0);
    leaving.abort();
    await search.settled;
    expect(logged).toBe("");
  });

  it("that is silent about a phrase is not waited for, and then left alone for a while", async () => {
    const server = await aServer();
    const search = await open(server);
    await search.settled;
    server.scriptVectors({ kind: "silence" });
    expect((await search.rank("browsing"))[0]?.table).toBe("SHOP_WEB");
    expect(search.description).toContain("; no vector from hashed-words in time");
    expect((await search.rank("demografics"))[0]?.table).toBe("TOWN_PEOPLE");
    expect(server.received).toHaveLength(1);
  });

  it("is asked for a phrase once, and for none that says nothing", async () => {
    const server = await aServer();
    const search = await open(server);
    await search.settled;
    server.received.length = 0;
    await search.rank("foot traffic");
    await search.rankFeatures("foot traffic");
    await search.rankFeatures("foot traffic", { table: "SHOP_PLACE" });
    expect(server.received).toHaveLength(1);
  });

  it("to which all texts are alike does not make everything fit everything", async () => {
    const search = await open(await aServer({ bias: 1 }));
    await search.settled;
    expect(search.description).toContain("hashed-words");
    expect(await search.rank("quantum spin of muons")).toEqual([]);
    expect((await search.rank("literacy"))[0]?.table).toBe("TOWN_PEOPLE");
  });
});

describe("the budget of an embedding model", () => {
  it("leaves the search on latent vectors where it does not hold the registry, and that is said", async () => {
    const server = await aServer();
    ledger = localLedger(20);
    const search = await open(server);
    await search.settled;
    expect(server.received).toHaveLength(0);
    expect(search.description).toMatch(
      /^words \(BM25\) fused with latent vectors, HNSW; without a sentence model: The budget of 20 tokens /,
    );
    expect((await search.rank("browsing"))[0]?.table).toBe("SHOP_WEB");
    expect((await sealed()).filter((file) => file.includes("openai"))).toEqual([]);
  });

  it("that is renewed lets the model join without a new start, with what it had made", async () => {
    const server = await aServer();
    let isUsedUp = true;
    const { reserve } = ledger;
    ledger.reserve = async (...asked) => (isUsedUp ? { usedUp: "day", limit: 5_000_000 } : reserve(...asked));
    const search = await open(server);
    await search.settled;
    expect(search.description).toMatch(
      /sentence model: Today's budget of 5,000,000 tokens .* is renewed on [\d-]{10} at 00:00 UTC\.$/,
    );
    isUsedUp = false;
    await search.rank("browsing");
    expect(search.description).toContain("without a sentence model");

    const now = performance.now();
    vi.spyOn(performance, "now").mockImplementation(() => now + 601_000);
    await Promise.all([search.rank("browsing"), search.rankFeatures("browsing")]);
    await vi.waitUntil(() => search.description.includes("fused with hashed-words and latent vectors"));
    const texts = server.received.flatMap(({ body }) => body.input ?? []);
    expect(new Set(texts).size).toBe(texts.length);
    expect(search.description).not.toContain("without");
    expect((await search.rank("can people read and write"))[0]?.table).toBe("TOWN_PEOPLE");
  });

  it("that is used up later leaves a phrase to the other evidence, and says so until there are tokens again", async () => {
    const server = await aServer();
    const search = await open(server);
    await search.settled;
    server.received.length = 0;
    const { reserve } = ledger;
    ledger.reserve = async () => ({ usedUp: "day", limit: 5_000_000 });
    expect((await search.rank("browsing"))[0]?.table).toBe("SHOP_WEB");
    expect(search.description).toMatch(/; without hashed-words: Today's budget .* at 00:00 UTC\.$/);
    expect(server.received).toHaveLength(0);

    ledger.reserve = reserve;
    const now = performance.now();
    vi.spyOn(performance, "now").mockImplementation(() => now + 31_000);
    await search.rank("demografics");
    expect(search.description).toBe("words (BM25) fused with hashed-words and latent vectors, HNSW");
    expect(server.received).toHaveLength(1);
  });
});
