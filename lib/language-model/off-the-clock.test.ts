import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { AppError } from "@/lib/errors";
import { accessTo, modelAt, testKey } from "@/tests/openai-server/model-at";
import { type OpenAiServer, startOpenAiServer } from "@/tests/openai-server/openai-server";
import { atlantis, pune, question } from "@/tests/openai-server/which-city";
import { askModel, embedWithModel, judgeItems, localLedger, type TokenLedger } from ".";

let server: OpenAiServer;
let logged: string;
// One for each test: a request that was stopped on its way may come late.
beforeEach(async () => {
  server = await startOpenAiServer({ dimensions: 8 });
  logged = "";
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    logged += String(text);
    return true;
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  return server.close();
});

const score = z.strictObject({ score: z.number() });
const judgements = [0, 1].map((item) => ({ item, judgement: { score: 7 } }));

/** Everything that asks a paid model, each asked once with an answer that fits. */
const askers: [string, (ledger: TokenLedger, signal?: AbortSignal) => Promise<unknown>, expected: unknown][] =
  [
    [
      "askModel",
      (ledger, signal) => {
        server.script(pune);
        return askModel(question, { ...modelAt(server), ledger }, signal);
      },
      { city: "Pune" },
    ],
    [
      "embedWithModel",
      (ledger, signal) => {
        server.scriptVectors();
        const access = { apiKey: testKey, baseUrl: server.baseUrl, model: "small" };
        return embedWithModel(["one", "two"], { ...access, ledger }, signal);
      },
      [expect.any(Float32Array), expect.any(Float32Array)],
    ],
    [
      "judgeItems",
      (ledger, signal) => {
        server.script({ kind: "say", content: { judgements } });
        return judgeItems({
          items: ["a", "b"].map((id) => ({ id, text: id })),
          ...{ instructions: "Judge.", schema: score, offline: () => ({ score: 1 }) },
          ...{ model: accessTo(server), tokenBudget: 100_000, ledger },
          cache: { cached: async () => null, keep: async () => {} },
          ...(signal ? { signal } : {}),
        });
      },
      expect.objectContaining({ counts: { cached: 0, asked: 2, offline: 0 }, notices: [] }),
    ],
  ];

/** Passes all of the models' times while it counts, and then does as it is told. */
function slow(ledger: TokenLedger): TokenLedger {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  const pass = () => vi.advanceTimersByTime(600_000);
  return {
    async reserve(least, most) {
      pass();
      const reserved = await ledger.reserve(least, most);
      if ("usedUp" in reserved) return reserved;
      return {
        tokens: reserved.tokens,
        settle: (used) => {
          pass();
          return reserved.settle(used);
        },
      };
    },
  };
}

const away = new AppError("DATABASE_UNAVAILABLE");

describe.each(askers)("%s", (_, ask, expected) => {
  it("takes a ledger's slowness for nothing of the model's", async () => {
    const ledger = localLedger(100_000);
    expect(await ask(slow(ledger))).toEqual(expected);
    expect(server.received).toHaveLength(1);
    expect(ledger.used).toBeGreaterThan(0);
  });

  it("tells what a ledger fails of, also when the model's time would have passed, and sends nothing", async () => {
    const failing = slow({ reserve: () => Promise.reject(away) });
    await expect(ask(failing)).rejects.toBe(away);
    expect(server.received).toHaveLength(0);
  });

  it("tells what settling fails of", async () => {
    const settle = () => Promise.reject(away);
    await expect(ask({ reserve: async (_, most) => ({ tokens: most, settle }) })).rejects.toBe(away);
  });

  it("is stopped while the ledger waits; what it sets aside too late is given back, and nothing is sent", async () => {
    const ledger = localLedger(100_000);
    let goOn = () => {};
    const waiting = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const given: number[] = [];
    const stop = new AbortController();
    const asked = ask(
      {
        async reserve(least, most) {
          queueMicrotask(() => stop.abort());
          await waiting;
          const reserved = await ledger.reserve(least, most);
          if ("usedUp" in reserved) return reserved;
          return {
            tokens: reserved.tokens,
            async settle(used) {
              await reserved.settle(used);
              given.push(used);
            },
          };
        },
      },
      stop.signal,
    );
    await expect(asked).rejects.toMatchObject({ code: "QUERY_CANCELLED" });
    goOn();
    await vi.waitUntil(() => given.length > 0);
    expect([given, ledger.used]).toEqual([[0], 0]);
    expect(server.received).toHaveLength(0);
    expect(logged).toBe("");
  });

  it.each([0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32])(
    "is charged for a request that was stopped %i moments after its tokens were set aside only if it had left",
    async (moments) => {
      const fetched = vi.spyOn(globalThis, "fetch");
      const ledger = localLedger(100_000);
      const stop = new AbortController();
      const asked = ask(
        {
          async reserve(least, most) {
            const reserved = await ledger.reserve(least, most);
            void later(moments, () => stop.abort());
            return reserved;
          },
        },
        stop.signal,
      );
      await expect(asked).rejects.toMatchObject({ code: "QUERY_CANCELLED" });
      const sent = fetched.mock.calls.length;
      expect(sent).toBeLessThanOrEqual(moments > 2 ? 1 : 0);
      expect(ledger.used > 0).toBe(sent > 0);
    },
  );
});

async function later(moments: number, work: () => void): Promise<void> {
  for (let passed = 0; passed < moments; passed++) await null;
  work();
}

describe("askModel", () => {
  it("gives a repair the time that the ledger took, too", async () => {
    const model = { ...modelAt(server), ledger: slow(localLedger(100_000)) };
    server.script(atlantis, pune);
    expect(await askModel(question, model)).toEqual({ city: "Pune" });
  });

  it("tells what settling failed of, where the model was late as well", async () => {
    server.script({ kind: "silence" });
    const settle = () => Promise.reject(away);
    const ledger: TokenLedger = { reserve: async (_, most) => ({ tokens: most, settle }) };
    const model = { ...modelAt(server, { firstTokenTimeout: 100 }), ledger };
    await expect(askModel(question, model)).rejects.toBe(away);
  });
});
