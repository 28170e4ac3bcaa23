import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, connect, createServer } from "node:net";
import path from "node:path";
import { promisify } from "node:util";
import { sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { database as db } from "@/db/client";
import { environmentWith } from "@/lib/config";
import { openDuckDbWriter } from "@/lib/warehouse";
import { testKey } from "./openai-server/model-at";
import {
  type OpenAiServer,
  type ReceivedRequest,
  startOpenAiServer,
  tokensPerText,
} from "./openai-server/openai-server";
import { aViewer } from "./support/a-viewer";
import { setUpDemoMart } from "./support/demo-mart";
import { temporaryFolder } from "./support/temporary-folder";
import { begin } from "./support/turns";

const perDay = 500_000;
const areas = 140;
/** What the scripted server counts of an answer. */
const perAnswer = 120;

let server: OpenAiServer;
let settings: Record<string, string>;
let folder: string;
const parameters = {
  ...{ mart: "auto-marketplace", stamp: "v2026.11", previous: null },
  ...{ start: "2025-05-01T00:00:00Z", end: "2026-11-01T00:00:00Z" },
};

beforeAll(async () => {
  server = await startOpenAiServer();
  settings = {
    ...{ PLANNER: "openai", EMBEDDINGS: "openai", OPENAI_API_KEY: testKey, OPENAI_BASE_URL: server.baseUrl },
    ...{ OPENAI_TOKENS_PER_DAY: String(perDay), OPENAI_MODEL: "asked-model" },
  };
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
});
const { database } = setUpDemoMart(60);
beforeAll(async () => {
  folder = await temporaryFolder();
  const to = path.join(folder, "store", "marts", parameters.mart, parameters.stamp, "conform");
  await mkdir(to, { recursive: true });
  const engine = await openDuckDbWriter(path.join(folder, "notes.duckdb"));
  await engine.run(`copy (select format('A{}', i) as area_id, 1::bigint as note_no,
      format('A quiet and leafy street, the {}th of its kind.', i) as note from range(${areas}) t(i))
    to '${to}/area_notes.parquet' (format parquet)`);
  await engine.close();
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => server.script({ kind: "obey", by: (body) => ({ kind: "say", content: answerTo(body) }) }));
afterEach(() =>
  db()
    .execute(sql`delete from model_tokens`)
    .then(() => {}),
);

/** To a planner's question a request for geo features, to a judge's the same judgement of every item. */
function answerTo({ messages }: ReceivedRequest["body"]): unknown {
  const [system, user] = messages;
  if (!system?.content.startsWith("You judge areas")) {
    return {
      ...{ intent: "build", entity: "seller", stamp: null, asOf: null, exclude: [], filters: [] },
      include: [
        { phrase: "geo", tables: ["SELLER_GEO_FEATURES"], features: [], delaySeconds: null, role: null },
      ],
      ...{ unresolved: [], subject: null },
    };
  }
  const items = JSON.parse(user?.content ?? "[]") as { item: number }[];
  const judgement = { remarks: [], quality: 77, neighbourhood: "mixed" };
  return { judgements: items.map(({ item }) => ({ item, judgement })) };
}

async function counted(): Promise<Record<string, number>> {
  const rows = await db().execute<{ spender: string; tokens: number }>(
    sql`select case when run_id in ('search', 'pipeline', 'others') then run_id else 'turns' end as spender,
      sum(tokens)::int as tokens from model_tokens where day = (now() at time zone 'utc')::date group by 1`,
  );
  return Object.fromEntries(rows.map(({ spender, tokens }) => [spender, tokens]));
}

const spentByOthers = (tokens: number) =>
  db().execute(sql`insert into model_tokens values ((now() at time zone 'utc')::date, 'others', ${tokens})`);

/** Hears one turn; a new conversation of a new person each time, so that nothing is answered from before. */
async function aTurn(message = "geo features for sellers in Mumbai") {
  const tell = await begin(aViewer());
  const heard = await tell(message);
  return {
    planner: heard.parts("plan")[0]?.planner,
    notices: heard.parts("notice").map(({ text }) => text),
    searchedBy: heard.parts("tables")[0]?.searchedBy ?? "",
    results: heard.parts("result").length,
  };
}

/** The augment step's work on notes, in a process of its own: what it said, and how many areas each maker judged. */
async function augment(changes: Record<string, string> = {}) {
  const script = path.join(process.cwd(), "tests", "fixtures", "augment-areas.ts");
  const args = ["--import", "tsx", script, path.join(folder, "store"), JSON.stringify(parameters)];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    env: environmentWith({ ...settings, DATABASE_URL: database().url, LOG_LEVEL: "error", ...changes }),
  });
  const { logged, scratch, facts } = JSON.parse(stdout) as {
    logged: string[];
    scratch: string;
    facts: [string, number | string][];
  };
  const engine = await openDuckDbWriter(path.join(scratch, "judge.duckdb"));
  try {
    const { rows } = await engine.query(
      `select maker, count(*) from read_parquet('${scratch}/area_judgements.parquet') group by 1 order by 1`,
    );
    return {
      ...{ logged, facts: Object.fromEntries(facts) },
      makers: Object.fromEntries(rows.map(([maker, areas]) => [String(maker), Number(areas)])),
    };
  } finally {
    await engine.close();
  }
}

const forgetAnswers = () => rm(path.join(folder, "store", "cache"), { recursive: true, force: true });

/** A way to the database that breaks so many connections off before it lets one through. */
async function refusingAtFirst(connections: number): Promise<{ url: string; close: () => Promise<void> }> {
  const url = new URL(database().url);
  const { hostname, port } = url;
  let left = connections;
  const way = createServer((client) => {
    if (left-- > 0) return void client.destroy();
    const through = connect(Number(port), hostname);
    for (const [one, other] of [
      [client, through],
      [through, client],
    ] as const) {
      one.on("error", () => other.destroy()).pipe(other);
    }
  });
  await new Promise<void>((done) => way.listen(0, "127.0.0.1", done));
  url.host = `127.0.0.1:${(way.address() as AddressInfo).port}`;
  return { url: url.href, close: () => new Promise((done) => void way.close(() => done())) };
}

/** What the server would ask money for. */
function billed(): number {
  const texts = server.received.flatMap(({ body }) => body.input ?? []).length;
  const answers = server.received.filter(({ body }) => body.messages).length;
  return answers * perAnswer + texts * tokensPerText;
}

describe("the budget of a day", { timeout: 240_000 }, () => {
  it("is spent by turns, by the search and by the pipeline's processes, to what was billed", async () => {
    await vi.waitUntil(async () => (await aTurn()).searchedBy.includes("text-embedding-3-small and"), {
      timeout: 60_000,
    });
    const inTurns = await counted();
    expect(inTurns.search).toBeGreaterThan(100);
    expect((inTurns.turns ?? 0) % perAnswer).toBe(0);
    const { logged, makers, facts } = await augment();
    expect(logged).toEqual([]);
    expect(makers).toEqual({ "asked-model": areas });
    expect(facts["vectors of notes by"]).toBe("text-embedding-3-small");
    const all = await counted();
    expect(all.pipeline).toBeGreaterThan(0);
    expect(Object.values(all).reduce((sum, tokens) => sum + tokens, 0)).toBe(billed());
  });

  it("is never overspent, however many processes draw on it at once; each says where it stopped", async () => {
    await forgetAnswers();
    // Nobody counts, so each answer takes what was estimated of it.
    const uncounted = (body: ReceivedRequest["body"]) =>
      ({ kind: "say", content: answerTo(body), usage: null }) as const;
    server.script({ kind: "obey", by: uncounted });
    const tight = { OPENAI_TOKENS_PER_DAY: "12000", DATA_DIR: await mkdtemp(path.join(folder, "data-")) };
    const all = await Promise.all([augment(tight), augment(tight)]);
    const { pipeline = 0 } = await counted();
    expect(pipeline).toBeGreaterThan(6_000);
    expect(pipeline).toBeLessThanOrEqual(12_000);
    for (const { logged, makers, facts } of all) {
      expect(makers.offline).toBeGreaterThan(0);
      expect(facts["areas judged offline"]).toBe(makers.offline);
      expect(logged[0]).toMatch(
        /^Today's budget of 12,000 tokens .* 00:00 UTC; the rest was judged offline\.$/,
      );
    }
  });

  it("that is used up leaves everything to what costs nothing, and says so; the next day goes on", async () => {
    await forgetAnswers();
    await spentByOthers(perDay);
    server.received.length = 0;
    const data = { DATA_DIR: await mkdtemp(path.join(folder, "data-")) };
    const poor = await augment(data);
    const used =
      /^Today's budget of 500,000 tokens for the language model is used up; it is renewed on [\d-]{10} at 00:00 UTC/;
    expect(poor.makers).toEqual({ offline: areas });
    expect(poor.facts).toMatchObject({ "tokens used": 0, "vectors of notes by": "latent vectors" });
    expect(poor.logged).toEqual([expect.stringMatching(used), expect.stringMatching(used)]);
    expect(poor.logged[0]).toMatch(/UTC; the rest was judged offline\.$/);
    expect(poor.logged[1]).toMatch(/UTC\. The vectors of notes were computed from the notes themselves\.$/);

    const turn = await aTurn("marketing engagement of sellers in Pune");
    expect(turn.results).toBe(1);
    expect(turn.notices).toEqual([expect.stringMatching(used)]);
    expect(turn.notices[0]).toMatch(/The offline planner took over\.$/);
    expect(turn.searchedBy).toMatch(/without text-embedding-3-small: Today's budget/);
    expect(server.received).toHaveLength(0);
    expect(await counted()).toEqual({ others: perDay });

    await db().execute(sql`update model_tokens set day = day - 1`);
    expect(await aTurn()).toMatchObject({ notices: [], results: 1 });
    const rich = await augment(data);
    expect(rich).toMatchObject({ logged: [], makers: { "asked-model": areas } });
    expect(await counted()).toMatchObject({ turns: perAnswer, pipeline: expect.any(Number) });
  });

  it("that cannot be counted for longer than the model has to answer is waited for, not done without", async () => {
    await forgetAnswers();
    const { url, close } = await refusingAtFirst(5);
    const data = { DATA_DIR: await mkdtemp(path.join(folder, "data-")) };
    try {
      // The pauses between five attempts are longer.
      const late = await augment({ ...data, DATABASE_URL: url, OPENAI_FIRST_TOKEN_SECONDS: "2" });
      expect(late).toMatchObject({ logged: [], makers: { "asked-model": areas } });
      expect(await counted()).toEqual({ pipeline: expect.any(Number) });
    } finally {
      await close();
    }
  });

  it("that cannot be counted, since the database is away, is not spent", async () => {
    await forgetAnswers();
    server.received.length = 0;
    const away = augment({ DATABASE_URL: `${database().url}_that_is_not_there` });
    await expect(away).rejects.toMatchObject({ stderr: expect.stringContaining("DATABASE_UNAVAILABLE") });
    expect(server.received).toHaveLength(0);
  });
});
