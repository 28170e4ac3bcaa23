import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { accessTo } from "@/tests/openai-server/model-at";
import { type OpenAiServer, startOpenAiServer } from "@/tests/openai-server/openai-server";
import { type Judging, judgeItems, localLedger } from ".";

let server: OpenAiServer;
let kept: Map<string, string>;
beforeAll(async () => {
  server = await startOpenAiServer();
});
afterAll(() => server.close());
beforeEach(() => {
  kept = new Map();
});

const schema = z.strictObject({ score: z.number().min(0).max(10) });
type Score = z.infer<typeof schema>;

function judging(count: number, more: Partial<Judging<Score>> = {}): Judging<Score> {
  return {
    items: Array.from({ length: count }, (_, i) => ({ id: `area-${i}`, text: `note ${i}` })),
    instructions: "Judge.",
    schema,
    offline: () => ({ score: 1 }),
    model: accessTo(server, { model: "judge-1" }),
    ...{ tokenBudget: 100_000, ledger: localLedger(1_000_000) },
    cache: {
      cached: async (name) => kept.get(name) ?? null,
      keep: async (name, text) => void kept.set(name, text),
    },
    ...more,
  };
}

const answers = (from: number, to: number, score = 7) => ({
  kind: "say" as const,
  content: {
    judgements: Array.from({ length: to - from }, (_, i) => ({ item: from + i, judgement: { score } })),
  },
});

describe("judging items", () => {
  it("asks ten at a time in JSON of the schema, and asks nothing twice", async () => {
    server.script(answers(0, 10), answers(0, 2));
    const first = await judgeItems(judging(12));
    expect(first.counts).toEqual({ cached: 0, asked: 12, offline: 0 });
    expect(server.received).toHaveLength(2);
    expect(server.received[0]?.body.response_format).toMatchObject({ type: "json_schema" });
    expect(server.received[0]?.body.messages[1]?.content).not.toContain("area-");
    server.script({ kind: "fail", status: 500 });
    const again = await judgeItems(judging(12));
    expect(again.counts).toEqual({ cached: 12, asked: 0, offline: 0 });
    expect(again.judgements).toEqual(first.judgements);
    expect(server.received).toHaveLength(0);
  });

  it("goes on where a run was broken off", async () => {
    server.script(answers(0, 10), { kind: "fail", status: 500 });
    const broken = await judgeItems(judging(25));
    expect(broken.counts).toEqual({ cached: 0, asked: 10, offline: 15 });
    expect(broken.notices[0]).toMatch(/server failed .* judged offline/);
    server.script(answers(0, 10), answers(0, 5));
    const resumed = await judgeItems(judging(25));
    expect(resumed.counts).toEqual({ cached: 10, asked: 15, offline: 0 });
  });

  it("says of every judgement who made it, and takes none that does not fit", async () => {
    const { content } = answers(0, 3);
    const outside = [
      { item: 3, judgement: { score: 11 } },
      { item: 99, judgement: { score: 5 } },
      { item: 0, judgement: { score: 2 } },
    ];
    server.script({ kind: "say", content: { judgements: [...content.judgements, ...outside] } });
    const { judgements, counts, notices } = await judgeItems(judging(4));
    expect([...judgements.values()].map(({ maker }) => maker)).toEqual([
      "judge-1",
      "judge-1",
      "judge-1",
      "offline",
    ]);
    expect(judgements.get("area-0")?.judgement).toEqual({ score: 7 });
    expect(counts).toEqual({ cached: 0, asked: 3, offline: 1 });
    expect(notices[0]).toMatch(/^1 answers did not fit/);
  });

  it.each([
    ["prose", { kind: "say", content: "I would rather not." }],
    ["another shape", { kind: "say", content: { judgements: "all seven" } }],
  ] as const)("judges offline where the answer is %s", async (_, reply) => {
    server.script(reply);
    expect((await judgeItems(judging(3))).counts).toEqual({ cached: 0, asked: 0, offline: 3 });
  });

  it.each([
    ["filters", { kind: "say", content: { judgements: [] }, finish: "content_filter" }, /filter cut/],
    ["refuses", { kind: "refuse", refusal: "No." }, /refused to\./],
    [
      "may not be asked for",
      { kind: "fail", status: 400, body: { error: { code: "content_filter" } } },
      /filter refused/,
    ],
  ] as const)("goes on after a batch that the model %s", async (_, reply, why) => {
    server.script(answers(0, 10), reply, answers(0, 5));
    const { counts, notices } = await judgeItems(judging(25));
    expect(counts).toEqual({ cached: 0, asked: 15, offline: 10 });
    expect(notices).toEqual([expect.stringMatching(why)]);
    expect(notices[0]).toMatch(/\. 10 items were judged offline\.$/);
  });

  it("gives a model up that answers nothing three times in a row", async () => {
    server.script({ kind: "refuse", refusal: "No." });
    const { counts, notices } = await judgeItems(judging(100));
    expect(counts).toEqual({ cached: 0, asked: 0, offline: 100 });
    expect(server.received).toHaveLength(3);
    expect(notices.at(-1)).toMatch(/refused to; the rest was judged offline\.$/);
  });

  it("stops at its budget and says so", async () => {
    server.script(answers(0, 10));
    const { counts, tokens, notices } = await judgeItems(judging(30, { tokenBudget: 1_400 }));
    expect(counts).toEqual({ cached: 0, asked: 20, offline: 10 });
    expect(tokens).toBe(240);
    expect(notices).toEqual(["The budget of 1,400 tokens was used up; the rest was judged offline."]);
  });

  it("stops at the day's budget, also where its own has tokens left, and says when there are some again", async () => {
    server.script(answers(0, 10));
    const ledger = localLedger(1_400);
    const day = {
      reserve: async (least: number, most: number) => {
        const reserved = await ledger.reserve(least, most);
        return "usedUp" in reserved ? { usedUp: "day" as const, limit: 1_400 } : reserved;
      },
    };
    const { judgements, counts, tokens, notices } = await judgeItems(judging(30, { ledger: day }));
    expect(counts).toEqual({ cached: 0, asked: 20, offline: 10 });
    expect([tokens, ledger.used]).toEqual([240, 240]);
    expect(notices).toEqual([
      expect.stringMatching(
        /^Today's budget of 1,400 tokens .* is renewed on [\d-]{10} at 00:00 UTC; the rest was judged offline\.$/,
      ),
    ]);
    expect(judgements.get("area-29")?.maker).toBe("offline");
    server.script(answers(0, 10));
    const resumed = await judgeItems(judging(30));
    expect(resumed.counts).toEqual({ cached: 20, asked: 10, offline: 0 });
  });

  it("begins nothing that its budget does not hold", async () => {
    server.script(answers(0, 10));
    const { counts } = await judgeItems(judging(30, { tokenBudget: 500 }));
    expect(counts).toEqual({ cached: 0, asked: 0, offline: 30 });
    expect(server.received).toHaveLength(0);
  });

  it("needs no model", async () => {
    const { counts, notices } = await judgeItems(judging(3, { model: null }));
    expect(counts).toEqual({ cached: 0, asked: 0, offline: 3 });
    expect(notices).toEqual([]);
  });
});
