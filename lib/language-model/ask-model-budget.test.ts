import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { modelAt } from "@/tests/openai-server/model-at";
import { type OpenAiServer, startOpenAiServer } from "@/tests/openai-server/openai-server";
import { pune, question } from "@/tests/openai-server/which-city";
import { askModel, type LanguageModel, localLedger } from ".";

let server: OpenAiServer;
beforeAll(async () => {
  server = await startOpenAiServer();
});
afterAll(() => server.close());
beforeEach(() => {
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
  return () => vi.restoreAllMocks();
});

const asked = () => server.received.length;

describe("the budget", () => {
  const within = (limit: number) => {
    const ledger = localLedger(limit);
    return { ledger, model: { ...modelAt(server), ledger } satisfies LanguageModel };
  };

  it("is asked before a call, and charged what the maker counted", async () => {
    server.script(pune);
    const { ledger, model } = within(10_000);
    await askModel(question, model);
    expect(ledger.used).toBe(120);
    expect(server.received[0]?.body.max_tokens).toBe(8_000);
  });

  it("is charged an estimate where nobody counted", async () => {
    server.script({ kind: "say", content: { city: "Pune" }, usage: null });
    const { ledger, model } = within(10_000);
    await askModel(question, model);
    expect(ledger.used).toBeGreaterThan(50);
    expect(ledger.used).toBeLessThan(500);
  });

  it("is not charged for a request that was turned away, and is for one that broke off", async () => {
    server.script({ kind: "fail", status: 401 });
    const turnedAway = within(10_000);
    await expect(askModel(question, turnedAway.model)).rejects.toThrow();
    expect(turnedAway.ledger.used).toBe(0);
    server.script({ kind: "cut", content: "w".repeat(3_000) }, { kind: "fail", status: 401 });
    const brokenOff = within(10_000);
    await expect(askModel(question, brokenOff.model)).rejects.toThrow();
    expect(brokenOff.ledger.used).toBeGreaterThan(1_000);
  });

  it("is not charged for requests to a server that is not there", async () => {
    const gone = await startOpenAiServer();
    await gone.close();
    for (const baseUrl of [gone.baseUrl, "http://no-such-host.invalid/v1"]) {
      const { ledger, model } = within(10_000);
      const away = { ...model, access: { ...model.access, baseUrl } };
      await expect(askModel(question, away)).rejects.toMatchObject({ code: "PLANNER_UNAVAILABLE" });
      expect(ledger.used).toBe(0);
    }
  });

  it("is charged for an answer that a filter cut off, or that never came", async () => {
    for (const finish of ["content_filter", "stop"]) {
      server.script({ kind: "say", content: "", finish });
      const { ledger, model } = within(10_000);
      await expect(askModel(question, model)).rejects.toMatchObject({ code: "PLANNER_INVALID" });
      expect(ledger.used).toBe(120);
    }
  });

  it("leaves a call no more room than there is, and begins none that cannot fit", async () => {
    server.script(pune);
    const { model } = within(1_500);
    await askModel(question, model);
    expect(server.received[0]?.body.max_tokens).toBeLessThan(1_500);
    server.received.length = 0;
    await expect(askModel(question, within(900).model)).rejects.toMatchObject({
      code: "MODEL_BUDGET_USED",
      message: expect.stringContaining("budget of 900 tokens that one message may take"),
    });
    expect(asked()).toBe(0);
  });

  it("holds for repairs and retries too", async () => {
    server.script({ kind: "say", content: { city: "w".repeat(30_000) }, usage: null }, pune);
    await expect(askModel(question, within(9_000).model)).rejects.toMatchObject({
      code: "MODEL_BUDGET_USED",
    });
    expect(asked()).toBe(1);
  });
});
