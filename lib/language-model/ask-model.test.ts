import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { modelAt, testKey } from "@/tests/openai-server/model-at";
import { type OpenAiServer, startOpenAiServer } from "@/tests/openai-server/openai-server";
import { flooded, type ScriptedReply } from "@/tests/openai-server/replies";
import { atlantis, pune, question } from "@/tests/openai-server/which-city";
import { askModel, type LanguageModel, localLedger } from ".";

let server: OpenAiServer;
let logged: string;
beforeAll(async () => {
  server = await startOpenAiServer();
});
afterAll(() => server.close());
beforeEach(() => {
  logged = "";
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    logged += String(text);
    return true;
  });
  return () => vi.restoreAllMocks();
});

const ask = (changes: Parameters<typeof modelAt>[1] = {}, signal?: AbortSignal) =>
  askModel(question, modelAt(server, changes), signal);
const asked = () => server.received.length;

describe("an answer", () => {
  it.each<[string, ScriptedReply]>([
    ["as JSON", pune],
    [
      "in a fence, with prose around it",
      { kind: "say", content: 'Sure: {\n```json\n{"city":"Pune"}\n```\n}' },
    ],
    ["in prose", { kind: "say", content: 'I would say {"city": "Pune"}, as it is nearest.' }],
    ["as the arguments of a tool call", { kind: "call", content: { city: "Pune" } }],
    ["token by token", { kind: "say", content: { city: "Pune" }, pause: 30 }],
  ])("is read %s", async (_, reply) => {
    server.script(reply);
    expect(await ask()).toEqual({ city: "Pune" });
    expect(asked()).toBe(1);
  });

  it("that does not fit is sent back with what is wrong, at most twice", async () => {
    server.script(atlantis, { kind: "say", content: "{not json" }, pune);
    expect(await ask()).toEqual({ city: "Pune" });
    expect(server.received.at(-1)?.body.messages.map(({ role }) => role)).toEqual([
      ...["user", "assistant", "user", "assistant", "user"],
    ]);
    expect(server.received.at(-1)?.body.messages.at(-1)?.content).toContain("There is no such city.");
    server.script(atlantis, { kind: "say", content: "x" }, { kind: "say", content: "y" }, pune);
    await expect(ask()).rejects.toMatchObject({ code: "PLANNER_INVALID" });
    expect(asked()).toBe(3);
  });

  it.each<[string, ScriptedReply]>([
    ["text", atlantis],
    ["tool call", { kind: "call", content: { city: "Atlantis" } }],
  ])("ends the matter when it is the same %s for ever", async (_, reply) => {
    server.script(reply);
    await expect(ask()).rejects.toMatchObject({
      code: "PLANNER_INVALID",
      message: expect.stringContaining("after 1 repair."),
    });
    expect(asked()).toBe(2);
  });

  it("that stopped at its greatest length is not taken, even if it could be read", async () => {
    server.script({ kind: "say", content: { city: "Pune" }, finish: "length" }, pune);
    await ask();
    expect(server.received[1]?.body.messages.at(-1)?.content).toContain("cut off");
  });

  it.each<[string, ScriptedReply]>([
    ["is cut in the middle", { kind: "cut", content: '{"city":"Pune"}' }],
    ["is cut inside a tool call", { kind: "call", content: { city: "Pune" }, cut: true }],
    ["ends tidily before its last words", { kind: "stop short", content: '{"city":"Pune"}' }],
  ])("whose stream %s is asked for again, whole", async (_, reply) => {
    server.script(reply, pune);
    expect(await ask()).toEqual({ city: "Pune" });
    expect(asked()).toBe(2);
  });

  it.each(["words", "one line", "tool calls"] as const)("of endless %s is ended", async (of) => {
    server.script({ kind: "flood", of });
    await expect(ask()).rejects.toMatchObject({ message: expect.stringContaining("far too long") });
    // What the sockets between them hold is sent as well.
    expect(flooded.bytes).toBeLessThan(20_000_000);
    expect(asked()).toBe(1);
  });

  it("of 2 MB is left at a hundredth of a book, and costs no second call", async () => {
    server.script({ kind: "say", content: "words and words ".repeat(131_072) });
    await expect(ask()).rejects.toMatchObject({ message: expect.stringContaining("far too long") });
    expect(asked()).toBe(1);
  });
});

describe("a failure", () => {
  it.each<[string, ScriptedReply, RegExp, number]>([
    ["500", { kind: "fail", status: 500 }, /HTTP 500/, 4],
    ["a page in place of JSON", { kind: "fail", status: 502, body: "<html>Bad gateway" }, /HTTP 502/, 4],
    ["an endless error", { kind: "flood", of: "one line", status: 500 }, /HTTP 500|broke off/, 4],
    ["429 without an hour", { kind: "fail", status: 429 }, /at its limit/, 4],
    [
      "429 for an hour",
      { kind: "fail", status: 429, headers: { "retry-after": "3600" } },
      /asks to wait 3600 seconds/,
      1,
    ],
    [
      "429 until a date",
      { kind: "fail", status: 429, headers: { "retry-after": new Date(Date.now() + 4e6).toUTCString() } },
      /asks to wait \d{4} seconds/,
      1,
    ],
    [
      "an account without money",
      { kind: "fail", status: 429, body: { error: { message: "You exceeded", code: "insufficient_quota" } } },
      /no quota left/,
      1,
    ],
    ["a refused key", { kind: "fail", status: 401 }, /OPENAI_API_KEY/, 1],
    ["an unknown model", { kind: "fail", status: 404 }, /OPENAI_MODEL/, 1],
  ])("by %s says so, after as many attempts as it deserves", async (_, reply, sentence, attempts) => {
    server.script(reply);
    await expect(ask()).rejects.toMatchObject({
      code: "PLANNER_UNAVAILABLE",
      message: expect.stringMatching(sentence),
    });
    expect(asked()).toBe(attempts);
  });

  it.each<[string, ScriptedReply, RegExp]>([
    ["a refusal", { kind: "refuse", refusal: "I will not." }, /refused/],
    ["an empty answer", { kind: "say", content: "" }, /no answer/],
    [
      "thinking until its greatest length",
      { kind: "say", content: "", finish: "length" },
      /greatest length before it answered/,
    ],
    [
      "a filter before the first word",
      { kind: "say", content: "", finish: "content_filter" },
      /^The language model's content filter cut its answer off\.$/,
    ],
    [
      "a filter after words that happen to fit",
      { kind: "say", content: { city: "Pune" }, finish: "content_filter" },
      /^The language model's content filter cut its answer off\.$/,
    ],
    [
      "a filter in a tool call",
      { kind: "call", content: { city: "Pune" }, finish: "content_filter" },
      /content filter cut/,
    ],
    [
      "a filter of what is asked",
      { kind: "fail", status: 400, body: { error: { message: "Filtered", code: "content_filter" } } },
      /content filter refused the request/,
    ],
  ])("by %s says so, and that it is about this question alone", async (_, reply, sentence) => {
    server.script(reply);
    await expect(ask()).rejects.toMatchObject({
      code: "PLANNER_INVALID",
      message: expect.stringMatching(sentence),
    });
    expect(asked()).toBe(1);
  });

  it.each([
    ["seconds", "0"],
    ["a date", new Date(Date.now() - 1000).toUTCString()],
  ])("passes when the server is asked again after the %s it named", async (_, header) => {
    server.script({ kind: "fail", status: 429, headers: { "retry-after": header } }, pune);
    expect(await ask()).toEqual({ city: "Pune" });
    expect(asked()).toBe(2);
  });

  it("to begin ends at one deadline over all attempts", async () => {
    server.script({ kind: "fail", status: 503 }, { kind: "silence" });
    const firstTokenTimeout = 900;
    await expect(ask({ firstTokenTimeout })).rejects.toMatchObject({
      message: "The language model did not begin to answer in time.",
    });
    expect(asked()).toBe(2);
  });

  it.each<[string, ScriptedReply[]]>([
    ["a slow stream", [{ kind: "say", content: "w".repeat(8_000), pause: 50 }]],
    ["a stream that hangs", [{ kind: "cut", content: "{", hang: true }]],
    ["repairs of a slow model", [{ kind: "say", content: { city: "x".repeat(200) }, pause: 60 }]],
  ])("to end, by %s, ends at one deadline over everything", async (_, replies) => {
    server.script(...replies);
    await expect(ask({ totalTimeout: 600 })).rejects.toMatchObject({
      message: "The language model did not finish its answer in time.",
    });
  });

  it("to reach the server at all says so", async () => {
    await expect(ask({ baseUrl: "http://127.0.0.1:9/v1" })).rejects.toMatchObject({
      message: "The language model's server did not answer, or broke off.",
    });
  });

  it("by the person's stop is no failure of the model", async () => {
    server.script({ kind: "silence" });
    await expect(ask({}, AbortSignal.timeout(50))).rejects.toMatchObject({ code: "QUERY_CANCELLED" });
    await expect(ask({}, AbortSignal.abort())).rejects.toMatchObject({ code: "QUERY_CANCELLED" });
  });

  it("never lets the key out, whoever repeats it", async () => {
    const apiKey = "a-key-of-no-known-shape-42";
    const body = { error: { message: `Incorrect API key ${apiKey} for ${testKey}` } };
    server.script({ kind: "fail", status: 401, body });
    const error = await ask({ apiKey }).catch((thrown) => thrown);
    const { cause } = error as { cause: Error };
    expect(cause.message).toContain("Incorrect API key [redacted]");
    expect(String(error) + JSON.stringify(error.details) + cause.stack).not.toContain(apiKey);

    server.script({ kind: "say", content: { city: apiKey } }, pune);
    await ask({ apiKey });
    expect(server.received[0]?.authorization).toBe(`Bearer ${apiKey}`);
    expect(JSON.stringify(server.received[1]?.body) + logged).not.toContain(apiKey);
  });
});

describe("an equal question", () => {
  const keeping = (changes: Parameters<typeof modelAt>[1] = {}, kept = new Map<string, string>()) => ({
    ...{ kept },
    model: {
      ...modelAt(server, changes),
      answers: {
        find: async (key: string) => kept.get(key) ?? null,
        keep: async (key: string, answer: string) => void kept.set(key, answer),
      },
    } satisfies LanguageModel,
  });

  it("is answered from what was kept, also where nothing may be spent", async () => {
    server.script(atlantis, pune);
    const { kept, model } = keeping();
    await askModel(question, model);
    expect([...kept.values()]).toEqual(['{"city":"Pune"}']);
    server.script({ kind: "fail", status: 500 });
    expect(await askModel(question, { ...model, ledger: localLedger(0) })).toEqual({ city: "Pune" });
    expect(asked()).toBe(0);
  });

  it("is checked again, and asked again where what was kept does not fit any more", async () => {
    const { kept, model } = keeping();
    server.script(pune);
    await askModel(question, model);
    for (const key of kept.keys()) kept.set(key, '{"city":"Atlantis"}');
    expect(await askModel(question, model)).toEqual({ city: "Pune" });
    expect(asked()).toBe(2);
    expect([...kept.values()]).toEqual(['{"city":"Pune"}']);
  });

  it("is not the same to another model, another server, or with another schema or turn", async () => {
    const kept = new Map<string, string>();
    server.script(pune);
    await askModel(question, keeping({}, kept).model);
    await askModel(question, keeping({ model: "other" }, kept).model);
    await askModel(question, keeping({ baseUrl: `${server.baseUrl}/` }, kept).model);
    await askModel({ ...question, schema: { type: "object" } }, keeping({}, kept).model);
    const turns = [...question.turns, { role: "user" as const, content: "Say." }];
    await askModel({ ...question, turns }, keeping({}, kept).model);
    expect(kept.size).toBe(5);
  });

  it.each<[string, ScriptedReply]>([
    ["failed", atlantis],
    ["was filtered", { kind: "say", content: { city: "Pune" }, finish: "content_filter" }],
  ])("keeps nothing that %s", async (_, reply) => {
    server.script(reply);
    const { kept, model } = keeping();
    await expect(askModel(question, model)).rejects.toThrow();
    expect(kept.size).toBe(0);
  });
});
