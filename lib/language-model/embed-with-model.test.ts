import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { testKey } from "@/tests/openai-server/model-at";
import { type OpenAiServer, startOpenAiServer, tokensPerText } from "@/tests/openai-server/openai-server";
import { embedWithModel, localLedger } from ".";

let server: OpenAiServer;
beforeAll(async () => {
  server = await startOpenAiServer({ dimensions: 8 });
});
afterAll(() => server.close());
beforeEach(() => server.scriptVectors());

const texts = (count: number) => Array.from({ length: count }, (_, at) => `text number ${at}`);
const embed = (given: string[], ledger: ReturnType<typeof localLedger>, signal?: AbortSignal) =>
  embedWithModel(given, { apiKey: testKey, baseUrl: server.baseUrl, model: "small", ledger }, signal);
const askedTexts = () => server.received.flatMap(({ body }) => body.input ?? []).length;

describe("the budget of vectors", () => {
  it("is charged what the maker counted, over all batches", async () => {
    const ledger = localLedger(100_000);
    expect(await embed(texts(300), ledger)).toHaveLength(300);
    expect(server.received).toHaveLength(3);
    expect(ledger.used).toBe(300 * tokensPerText);
  });

  it.each([undefined, {}, { total_tokens: "many" }, { total_tokens: -5 }])(
    "is charged an estimate where the maker counts %j",
    async (usage) => {
      const data = [{ object: "embedding", index: 0, embedding: [1, 0] }];
      server.scriptVectors({ kind: "fail", status: 200, body: { object: "list", data, usage } });
      const ledger = localLedger(100_000);
      await embed(["thirty letters of a long text."], ledger);
      expect(ledger.used).toBe(10);
    },
  );

  it("is asked before a request; none is begun that it does not hold, and what was made before is not charged twice", async () => {
    const ledger = localLedger(1_000);
    await expect(embed(texts(600), ledger)).rejects.toMatchObject({
      code: "MODEL_BUDGET_USED",
      message: expect.stringContaining("budget of 1,000 tokens"),
    });
    // A batch is set aside with more than 500 tokens and settled with 384.
    expect(askedTexts()).toBe(128);
    expect(ledger.used).toBe(128 * tokensPerText);
  });

  it("holds, however many ask at once", async () => {
    const ledger = localLedger(1_000);
    const all = await Promise.allSettled(Array.from({ length: 20 }, () => embed(texts(20), ledger)));
    const refused = all.filter(({ status }) => status === "rejected");
    expect(refused.length).toBeGreaterThan(0);
    expect(askedTexts()).toBe((20 - refused.length) * 20);
    expect(ledger.used).toBe(askedTexts() * tokensPerText);
    expect(ledger.used).toBeLessThanOrEqual(1_000);
  });

  it("is not charged for requests that were turned away, and is once for the one that was answered then", async () => {
    const ledger = localLedger(100_000);
    server.scriptVectors({ kind: "fail", status: 429, headers: { "retry-after": "0" } });
    await embed(texts(2), ledger);
    expect(server.received).toHaveLength(2);
    expect(ledger.used).toBe(2 * tokensPerText);
    server.scriptVectors({ kind: "fail", status: 401 });
    await expect(embed(texts(2), ledger)).rejects.toMatchObject({ code: "PLANNER_UNAVAILABLE" });
    expect(ledger.used).toBe(2 * tokensPerText);
  });

  it("is not charged for requests to a server that is not there", async () => {
    const ledger = localLedger(100_000);
    const { baseUrl, close } = await startOpenAiServer();
    await close();
    const away = { apiKey: testKey, baseUrl, model: "small", ledger };
    await expect(embedWithModel(texts(1), away)).rejects.toMatchObject({ code: "PLANNER_UNAVAILABLE" });
    expect(ledger.used).toBe(0);
  });

  it("stays charged for a request that was stopped on its way, and is not for one that never left", async () => {
    const ledger = localLedger(100_000);
    server.scriptVectors({ kind: "silence" });
    await expect(embed(texts(1), ledger, AbortSignal.timeout(100))).rejects.toMatchObject({
      code: "QUERY_CANCELLED",
    });
    expect(ledger.used).toBeGreaterThan(0);
    const other = localLedger(100_000);
    await expect(embed(texts(1), other, AbortSignal.abort())).rejects.toMatchObject({
      code: "QUERY_CANCELLED",
    });
    expect([server.received.length, other.used]).toEqual([1, 0]);
  });
});
