import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { cancel, start } from "@/agents/run";
import { database as db } from "@/db/client";
import { deleteConversation, getResult, getRun } from "@/db/queries";
import { testKey } from "./openai-server/model-at";
import { type OpenAiServer, type ScriptedReply, startOpenAiServer } from "./openai-server/openai-server";
import { aViewer } from "./support/a-viewer";
import { setUpDemoMart } from "./support/demo-mart";
import { begin, words } from "./support/turns";

let server: OpenAiServer;
beforeAll(async () => {
  server = await startOpenAiServer();
  const settings = {
    ...{ PLANNER: "openai", OPENAI_API_KEY: testKey, OPENAI_BASE_URL: server.baseUrl },
    ...{ OPENAI_FIRST_TOKEN_SECONDS: "6", OPENAI_TOTAL_SECONDS: "20", OPENAI_TOKENS_PER_DAY: "100000" },
  };
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
});
afterAll(() => server.close());
setUpDemoMart(60);

const message = "geo features for sellers in Mumbai";
const geo: ScriptedReply = {
  kind: "say",
  content: {
    ...{ intent: "build", entity: "seller", stamp: null, asOf: null, exclude: [], filters: [] },
    include: [
      { phrase: "geo", tables: ["SELLER_GEO_FEATURES"], features: [], delaySeconds: null, role: null },
    ],
    ...{ unresolved: [], subject: null },
  },
};

async function tokensTaken(): Promise<number> {
  const [row] = await db().execute<{ tokens: number }>(
    sql`select coalesce(sum(tokens), 0)::int as tokens from model_tokens`,
  );
  return row?.tokens ?? 0;
}

describe("a turn with a language model", { timeout: 240_000 }, () => {
  it("takes the model's reading, counts its tokens, and asks nothing twice", async () => {
    const viewer = aViewer();
    server.script(geo);
    const tell = await begin(viewer);
    const heard = await tell(message);
    expect(heard.parts("plan")[0]?.planner).toBe("openai:gpt-5-mini");
    expect(heard.parts("notice")).toEqual([]);
    expect(heard.parts("result")).toHaveLength(1);
    expect(await tokensTaken()).toBe(120);
    expect(server.received).toHaveLength(1);

    const again = await begin(viewer);
    const second = await again(message);
    expect(second.parts("result")[0]?.report).toMatchObject({ rows: heard.parts("result")[0]?.report.rows });
    expect(server.received).toHaveLength(1);
    expect(await tokensTaken()).toBe(120);

    for (const { id } of [tell, again]) {
      await cancel(viewer, id);
      await deleteConversation(viewer, id);
    }
    const [left] = await db().execute<{ n: number }>(sql`select count(*)::int as n from model_answers`);
    expect(left?.n).toBe(0);
    const third = await begin(viewer);
    await third(message);
    expect(server.received).toHaveLength(2);
  });

  it.each<[string, ScriptedReply[], RegExp]>([
    ["fails", [{ kind: "fail", status: 500 }], /HTTP 500/],
    ["is silent", [{ kind: "silence" }], /did not begin to answer in time/],
    ["is cut off in a tool call", [{ kind: "call", content: "{".repeat(300), cut: true }], /broke off/],
    [
      "filters what it says",
      [{ ...geo, finish: "content_filter" } as ScriptedReply],
      /content filter cut its/,
    ],
    ["talks for ever", [{ kind: "flood", of: "words" }], /far too long/],
    [
      "calls the same tool for ever",
      [{ kind: "call", content: { tool: "search" } }],
      /did not fit after 1 repair/,
    ],
  ])(
    "whose server %s builds the whole matrix all the same, by the offline planner, and says so",
    async (_, replies, why) => {
      const viewer = aViewer();
      server.script(...replies);
      const tell = await begin(viewer);
      const heard = await tell(message);
      const notices = heard.parts("notice");
      expect(notices.map(({ level }) => level)).toEqual(["info"]);
      expect(notices[0]?.text).toMatch(why);
      expect(notices[0]?.text).toMatch(/The offline planner took over\.$/);
      const { plan } = await getResult(viewer, heard.parts("result")[0]?.resultId ?? "");
      expect(plan.featureSet.selections.map(({ table }) => table)).toEqual(["SELLER_GEO_FEATURES"]);
      expect(plan.featureSet.filters).toMatchObject([{ column: "CITY_NAME", values: ["Mumbai"] }]);
      expect(heard.approval?.status).toBe("pending");
    },
  );

  it("without tokens left today asks nothing, and says when there are some again", async () => {
    await db().execute(
      sql`insert into model_tokens values ((now() at time zone 'utc')::date, 'a run of another process', 100000)`,
    );
    server.script(geo);
    const tell = await begin(aViewer());
    const heard = await tell(message);
    expect(heard.parts("notice")[0]?.text).toMatch(
      /^Today's budget of 100,000 tokens .* is renewed on \d{4}-\d\d-\d\d at 00:00 UTC\. The offline planner/,
    );
    expect(heard.parts("result")).toHaveLength(1);
    expect(server.received).toHaveLength(0);
    await db().execute(sql`delete from model_tokens where run_id = 'a run of another process'`);
  });

  it("stops while the model is silent", async () => {
    const viewer = aViewer();
    server.script({ kind: "silence" });
    const { id: conversationId } = await begin(viewer);
    const { runId } = await start(viewer, { conversationId, message: words(message) });
    await vi.waitUntil(() => server.received.length > 0, { timeout: 20_000 });
    await cancel(viewer, conversationId);
    await vi.waitUntil(async () => (await getRun(viewer, runId)).status === "cancelled", { timeout: 20_000 });
  });

  it("keeps the key out of everything that is stored, though the server repeats it", async () => {
    server.script(
      { kind: "say", content: { ...(geo.kind === "say" ? (geo.content as object) : {}), subject: testKey } },
      { kind: "fail", status: 401, body: { error: { message: `Incorrect key ${testKey}` } } },
    );
    const tell = await begin(aViewer());
    await tell(message);
    await tell(`${message}, again`);
    const [row] = await db().execute<{ all: string }>(
      sql`select (select json_agg(m) from messages m)::text || (select json_agg(e) from run_events e)::text
        || (select json_agg(r) from runs r)::text || coalesce((select json_agg(a) from model_answers a)::text, '') as all`,
    );
    expect(row?.all).toContain("OPENAI_API_KEY");
    expect(row?.all).not.toContain(testKey);
  });
});
