import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { getPendingApproval, listExports } from "@/db/queries";
import type { Viewer } from "@/lib/auth";
import { openMart } from "@/lib/mart";
import { testKey } from "./openai-server/model-at";
import { type OpenAiServer, startOpenAiServer } from "./openai-server/openai-server";
import { aViewer } from "./support/a-viewer";
import { setUpDemoMart } from "./support/demo-mart";
import { begin, type Heard } from "./support/turns";

let server: OpenAiServer;
let viewer: Viewer;

// Before anything reads them.
beforeAll(async () => {
  server = await startOpenAiServer();
  const settings = {
    PLANNER: "openai",
    OPENAI_API_KEY: testKey,
    OPENAI_BASE_URL: server.baseUrl,
    SQL_SECONDS: "2",
  };
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
});
setUpDemoMart(400);
afterAll(() => server.close());
// Each with a viewer of its own: what a model said to one is not asked again.
beforeEach(() => {
  viewer = aViewer("Tester");
});

const nothing = {
  ...{ entity: null, stamp: null, asOf: null, subject: null },
  ...{ include: [], exclude: [], filters: [], unresolved: [] },
};
const question = "which city has the most dormant sellers?";
const statement = `SELECT "CITY_NAME", count(*) AS "dormant_sellers" FROM "SELLERS" JOIN "CITIES" USING ("CITY_ID") WHERE "STATUS" = 'dormant' GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 10`;

const say = (content: unknown) => ({ kind: "say" as const, content });
const asQuery = say({ intent: "query", ...nothing });
const writes = (sql: string, chart: unknown = null) => say({ sql, chart });

const lastQuery = (answer: Heard) => answer.parts("query").at(-1);
const told = (answer: Heard) =>
  answer
    .parts("notice")
    .map(({ text }) => text)
    .join("\n");

describe("an open question with a language model", () => {
  it("is answered by one statement of the model, shown before it runs and marked as the model's", async () => {
    server.script(
      asQuery,
      writes(statement, { kind: "bar", x: "CITY_NAME", y: "dormant_sellers", series: null }),
    );
    const answer = await (await begin(viewer))(question);
    const { warehouse } = await openMart("auto-marketplace");
    const [first] = answer.parts("query");
    expect(first).toMatchObject({ state: "running", result: null, sql: statement });
    expect(lastQuery(answer)).toMatchObject({
      title: question,
      writtenBy: "model",
      state: "done",
      sql: statement,
    });
    expect(lastQuery(answer)?.result?.rows).toEqual((await warehouse.query(statement)).rows);
    expect(lastQuery(answer)?.result?.chart).toMatchObject({ kind: "bar", y: "dormant_sellers" });
    expect(server.received).toHaveLength(2);
  });

  it("tells the model the tables, the dialect and the question, and no personal column and no row", async () => {
    server.script(asQuery, writes(statement));
    await (await begin(viewer))(question);
    const [instructions, asked] = server.received[1]?.body.messages.map(({ content }) => content) ?? [];
    expect(instructions).toContain("DuckDB");
    expect(asked).toContain('Table "SELLERS"');
    expect(asked).toContain('key "CITY_ID" -> "CITIES" "CITY_ID"');
    expect(asked).toContain(JSON.stringify(question));
    expect(asked).not.toMatch(/SELLER_NAME|PHONE|EMAIL/);
    expect(asked?.length).toBeLessThan(60_000);
    expect(server.received[1]?.body.response_format?.json_schema?.schema).toMatchObject({
      required: ["sql", "chart"],
    });
  });

  it.each([
    ["the guard refuses", `SELECT * FROM "SELERS"`, /no table “SELERS”/],
    ["the engine refuses", `SELECT "TOWN" FROM "CITIES"`, /TOWN/],
  ])(
    "is written again where %s the statement, with the reason and nothing else",
    async (_, wrong, reason) => {
      server.script(asQuery, writes(wrong), writes(statement));
      const answer = await (await begin(viewer))(question);
      expect(lastQuery(answer)).toMatchObject({ writtenBy: "model", state: "done", sql: statement });
      expect(answer.parts("query").map(({ state }) => state)).toEqual([
        "running",
        "failed",
        "running",
        "done",
      ]);
      expect(server.received[2]?.body.messages.at(-1)?.content).toMatch(reason);
      expect(told(answer)).toBe("");
    },
  );

  it("takes a proposed chart only where it fits the rows", async () => {
    server.script(
      asQuery,
      writes(statement, { kind: "line", x: "evil", y: "dormant_sellers", series: null }),
    );
    const answer = await (await begin(viewer))(question);
    expect(lastQuery(answer)?.result?.chart).toMatchObject({ kind: "bar", x: "CITY_NAME" });
  });

  it.each([
    ["a failing server", { kind: "fail" as const, status: 500 }],
    ["prose", say("Mumbai, I would think.")],
    ["the same refused statement for ever", writes("DROP TABLE SELLERS")],
  ])("is answered by rules after %s, and says so", async (_, reply) => {
    server.script(asQuery, reply);
    const answer = await (await begin(viewer))(question);
    expect(told(answer)).toMatch(/The offline planner took over\./);
    expect(lastQuery(answer)).toMatchObject({ writtenBy: "offline", state: "done" });
  });

  it("that rules cannot read either is told, and no statement that did not run looks as if it had", async () => {
    server.script(asQuery, writes("DROP TABLE SELLERS"));
    const answer = await (await begin(viewer))("who is the most charming of them all?");
    expect(answer.text).toContain("sql SELECT");
    expect(answer.parts("query").map(({ state }) => state)).not.toContain("done");
    expect(lastQuery(answer)?.state).toBe("failed");
  });
});

describe("a hostile model", () => {
  const hostile = [
    "DROP TABLE SELLERS",
    "DELETE FROM SELLERS",
    "COPY SELLERS TO '/tmp/stolen.csv'",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT 1; DROP TABLE SELLERS",
    "ATTACH 'https://evil.example/x.duckdb' AS x",
    "SELECT getenv('OPENAI_API_KEY')",
    "SELECT * FROM duckdb_settings()",
    "INSTALL httpfs",
  ];

  it("brings nothing but a SELECT over the mart's tables to run", async () => {
    for (let at = 0; at < hostile.length; at += 3) {
      viewer = aViewer("Tester");
      server.script(asQuery, ...hostile.slice(at, at + 3).map((sql) => writes(sql)));
      const tell = await begin(viewer);
      const answer = await tell("who is the most charming of them all?");
      expect(answer.parts("query").filter(({ state }) => state === "done")).toEqual([]);
      expect(told(answer)).toMatch(/did not fit after 2 repairs\. The offline planner took over\./);
      expect(await listExports(viewer, tell.id)).toEqual([]);
      expect(await getPendingApproval(viewer, tell.id)).toBeNull();
    }
    const { warehouse } = await openMart("auto-marketplace");
    expect((await warehouse.query("SELECT count(*) > 0 FROM SELLERS")).rows).toEqual([[true]]);
  });

  it("decides no question that waits, whatever it adds to its statement", async () => {
    const table = "SELLER_GEO_FEATURES";
    const geo = { phrase: "geo", tables: [table], features: [], delaySeconds: null, role: null };
    server.script(say({ intent: "build", ...nothing, entity: "seller", include: [geo] }));
    const tell = await begin(viewer);
    const built = await tell("geo features of sellers");
    expect(built.approval?.status).toBe("pending");
    const greedy = { decision: "approve", approvalId: built.approval?.approvalId, intent: "export" };
    server.script(asQuery, say({ sql: statement, chart: null, ...greedy }), writes(statement));
    const answer = await tell(question);
    expect(lastQuery(answer)?.state).toBe("done");
    expect(answer.approval).toMatchObject({ kind: built.approval?.kind, status: "pending" });
    expect(await listExports(viewer, tell.id)).toEqual([]);
  });

  it("is stopped where its statement takes too long, and is not asked for another", async () => {
    const endless = `SELECT count(*) FROM "LISTINGS" a, "LISTINGS" b, "LISTINGS" c, "LISTINGS" d WHERE a."MAKE" < d."MODEL"`;
    server.script(asQuery, writes(endless));
    const answer = await (await begin(viewer))(question);
    expect(answer.parts("notice").at(-1)).toMatchObject({ code: "SQL_LIMIT", level: "warning" });
    expect(lastQuery(answer)?.state).toBe("failed");
    expect(server.received).toHaveLength(2);
  });
});

it("a person's statement that takes too long is stopped as well, and the conversation goes on", async () => {
  const tell = await begin(viewer);
  const answer = await tell(
    "sql SELECT count(*) FROM LISTINGS a, LISTINGS b, LISTINGS c, LISTINGS d WHERE a.MAKE < d.MODEL",
  );
  expect(answer.parts("notice").at(-1)).toMatchObject({ code: "SQL_LIMIT", level: "warning" });
  expect(answer.parts("query")).toEqual([]);
  expect(lastQuery(await tell("sql SELECT 1 AS one"))?.result?.rows).toEqual([[1]]);
});
