import { rm } from "node:fs/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { LanguageModel } from "@/lib/language-model";
import { type OpenSearch, openSearch } from "@/lib/registry/search";
import { smallMarketplace as registry } from "@/tests/fixtures/small-marts";
import { modelAt, testKey } from "@/tests/openai-server/model-at";
import {
  type OpenAiServer,
  type ScriptedReply,
  startOpenAiServer,
} from "@/tests/openai-server/openai-server";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { offlinePlanner } from "../offline/planner";
import { openAiPlanner } from "./planner";

const message = "dealers in Bombay, how wealthy the town is";
let server: OpenAiServer;
let folder: string;
let search: OpenSearch;
let logged: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  server = await startOpenAiServer();
  search = await openSearch({ registry, directory: folder, embeddings: { maker: "latent" } });
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  logged = "";
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    logged += String(text);
    return true;
  });
  return () => vi.restoreAllMocks();
});

const plan = (model: LanguageModel) =>
  openAiPlanner(model).plan(message, { registry, search, featureSet: null });

const half =
  '{"intent":"build","entity":"seller","include":[{"phrase":"how wealthy the town is","tables":["CITY_';
const foreign = (table: string): ScriptedReply => ({
  kind: "say",
  content: {
    ...{ intent: "build", entity: "seller", stamp: null, asOf: null, exclude: [], filters: [] },
    include: [{ phrase: "wealthy", tables: [table], features: [], delaySeconds: null, role: null }],
    ...{ unresolved: [], subject: null },
  },
});

describe("whatever the server does", () => {
  // The most requests that one message may cost: four attempts at one answer, or an answer and two repairs.
  it.each<[string, ScriptedReply[], RegExp, number]>([
    [
      "429 for ever",
      [{ kind: "fail", status: 429, headers: { "retry-after": "0" } }],
      /limit of requests/,
      4,
    ],
    [
      "429 for an hour",
      [{ kind: "fail", status: 429, headers: { "retry-after": "3600" } }],
      /asks to wait/,
      1,
    ],
    ["500", [{ kind: "fail", status: 500 }], /HTTP 500/, 4],
    ["silence", [{ kind: "silence" }], /did not begin to answer in time/, 1],
    [
      "a stream slower than time",
      [{ kind: "say", content: half.repeat(9), pause: 800 }],
      /did not finish/,
      1,
    ],
    ["a stream cut in the middle", [{ kind: "cut", content: half }], /broke off/, 4],
    ["a stream cut in a tool call", [{ kind: "call", content: half, cut: true }], /broke off/, 4],
    ["a stream that ends early", [{ kind: "stop short", content: half }], /broke off/, 4],
    ["malformed JSON", [{ kind: "say", content: half }], /did not fit after 1 repair/, 2],
    ["prose", [{ kind: "say", content: "I think you mean sellers." }], /did not fit after 1 repair/, 2],
    ["a refusal", [{ kind: "refuse", refusal: "No." }], /refused/, 1],
    ["a filter", [{ kind: "say", content: half, finish: "content_filter" }], /content filter cut/, 1],
    ["a table of dreams", [foreign("SELLER_WEALTH")], /did not fit after 1 repair/, 2],
    [
      "a table of dreams each time",
      ["A", "B", "C", "D"].map((name) => foreign(`SELLER_WEALTH_${name}`)),
      /did not fit after 2 repairs/,
      3,
    ],
    ["2 MB of text", [{ kind: "say", content: "word ".repeat(420_000) }], /far too long/, 1],
    ["the same tool call for ever", [{ kind: "call", content: { tool: "list_tables" } }], /1 repair/, 2],
    ["a tool call that begins for ever", [{ kind: "flood", of: "tool calls" }], /far too long/, 1],
  ])(
    "%s: the offline planner takes over, says so, and nothing is partial",
    async (_, replies, notice, most) => {
      server.script(...replies);
      const { request, notices } = await plan(
        modelAt(server, { firstTokenTimeout: 3_000, totalTimeout: 6_000 }),
      );
      expect(notices).toEqual([expect.stringMatching(notice)]);
      expect(notices[0]).toMatch(/ The offline planner took over\.$/);
      const offline = await offlinePlanner().plan(message, { registry, search, featureSet: null });
      expect(request).toEqual(offline.request);
      expect(server.received.length).toBeLessThanOrEqual(most);
      expect(logged + notices.join()).not.toContain(testKey);
    },
  );

  it.each([0, 1_500])(
    "a budget of %i tokens: nothing is asked, and the notice says what comes next",
    async (tokensPerTurn) => {
      server.script(foreign("CITY_DEMOGRAPHICS_FEATURES"));
      const { notices } = await plan(modelAt(server, { tokensPerTurn }));
      expect(server.received).toHaveLength(0);
      expect(notices).toEqual([
        expect.stringMatching(
          /^The budget of [\d,]+ tokens .* used up; the next message has its own\. The offline/,
        ),
      ]);
    },
  );

  it("a day's budget that is used up: the notice says when it is renewed", async () => {
    const ledger = { reserve: async () => ({ usedUp: "day" as const, limit: 5_000_000 }) };
    const { notices } = await plan({ ...modelAt(server), ledger });
    expect(notices[0]).toMatch(
      /^Today's budget of 5,000,000 tokens .* renewed on \d{4}-\d\d-\d\d at 00:00 UTC\. The offline planner took over\.$/,
    );
  });

  it("a tool call that fits is taken", async () => {
    const { content } = foreign("CITY_DEMOGRAPHICS_FEATURES") as { content: object };
    server.script({ kind: "call", content });
    const { request, notices } = await plan(modelAt(server));
    expect(notices).toEqual([]);
    expect(request.include.map(({ tables }) => tables)).toEqual([["CITY_DEMOGRAPHICS_FEATURES"]]);
  });
});
