import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { localLedger } from "@/lib/language-model";
import { testKey } from "@/tests/openai-server/model-at";
import { type OpenAiServer, startOpenAiServer, tokensPerText } from "@/tests/openai-server/openai-server";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { anchors, embedNotes } from "./embed-notes";

const notes = new Map([
  ["a1", "leafy avenues, gardens and old trees"],
  ["a2", "horns all day, a noisy crowded junction"],
]);
let ledger: ReturnType<typeof localLedger>;
let dataDir: string;
let server: OpenAiServer;

beforeAll(async () => {
  dataDir = await temporaryFolder();
  server = await startOpenAiServer();
  const settings = { EMBEDDINGS: "openai", OPENAI_API_KEY: testKey, OPENAI_BASE_URL: server.baseUrl };
  for (const [name, value] of Object.entries({ ...settings, DATA_DIR: dataDir })) vi.stubEnv(name, value);
});
beforeEach(() => {
  ledger = localLedger(10_000);
});
afterAll(async () => {
  await server.close();
  await rm(dataDir, { recursive: true, force: true });
});

it("says by whom all vectors are when the model fails, and computes them from the notes", async () => {
  server.scriptVectors({ kind: "fail", status: 401 });
  const { maker, notices, areas } = await embedNotes(notes, { ledger });
  expect(maker).toBe("latent vectors");
  expect(notices).toEqual([
    "The embedding model refused the API key. Correct OPENAI_API_KEY. The vectors of notes were computed from the notes themselves.",
  ]);
  expect(areas.get("a1")?.similarities).toHaveLength(anchors.length);
});

it("embeds the notes with the model of the settings, each once", async () => {
  server.scriptVectors();
  const { maker, notices, areas } = await embedNotes(notes, { ledger });
  expect({ maker, notices }).toEqual({ maker: "text-embedding-3-small", notices: [] });
  const green = anchors.findIndex(([key]) => key === "green");
  expect(areas.get("a1")?.similarities[green]).toBeGreaterThan(areas.get("a2")?.similarities[green] ?? 1);
  server.received.length = 0;
  await embedNotes(notes, { ledger });
  expect(server.received).toHaveLength(0);
  const [folder = ""] = await readdir(path.join(dataDir, "cache", "vectors"));
  expect(folder).toMatch(/^openai-text-embedding-3-small-[0-9a-f]{8}$/);
});

it("takes no vector of a model that the budget holds for some of the notes only", async () => {
  const many = new Map(Array.from({ length: 400 }, (_, at) => [`b${at}`, `a quiet street, number ${at}`]));
  ledger = localLedger(1_600);
  server.scriptVectors();
  const { maker, notices, areas } = await embedNotes(many, { ledger });
  expect(server.received.length).toBeGreaterThan(0);
  expect(ledger.used).toBeLessThanOrEqual(1_600);
  expect(maker).toBe("latent vectors");
  expect(notices).toEqual([
    expect.stringMatching(
      /^The budget of 1,600 tokens .* The vectors of notes were computed from the notes themselves\.$/,
    ),
  ]);
  expect(new Set([...areas.values()].map(({ vector }) => vector.length)).size).toBe(1);
  const paid = ledger.used;
  ledger = localLedger(100_000);
  expect(await embedNotes(many, { ledger })).toMatchObject({ maker: "text-embedding-3-small", notices: [] });
  // What was paid for the first time is not paid for again.
  const texts = server.received.flatMap(({ body }) => body.input ?? []);
  expect(new Set(texts).size).toBe(texts.length);
  expect(paid + ledger.used).toBe(texts.length * tokensPerText);
});
