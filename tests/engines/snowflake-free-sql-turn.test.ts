import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it, vi } from "vitest";
import type { MessageChunk } from "@/agents/message-writer";
import { allRunsSettled, cancel, followRun, getQueryRows, start } from "@/agents/run";
import { getRun } from "@/db/queries";
import type { Viewer } from "@/lib/auth";
import { config } from "@/lib/config";
import { openMart } from "@/lib/mart";
import type { Cell } from "@/lib/warehouse";
import { aConversation } from "../support/a-conversation";
import { aViewer } from "../support/a-viewer";
import { begin, type Heard, heard, listen, queryOf, words } from "../support/turns";
import { describeWith } from "./support/engines";
import { changedJson, type FaultRule, type SeenRequest } from "./support/fault-proxy";
import { setUpSnowflakeMart } from "./support/published-mart";
import { handedOver } from "./support/snowflake-driver";

const viewer = aViewer("Tester");
const endless = "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM t) SELECT count(*) FROM t";

// Before anything reads them.
beforeAll(() => {
  vi.stubEnv("SQL_SECONDS", "12");
  vi.stubEnv("SQL_ROWS", "300");
});

describeWith(["snowflake", "s3"], "SQL from a chat turn on Snowflake", () => {
  const { servers } = setUpSnowflakeMart(60);

  /** What the same question gives in SQL that a person wrote for this test. */
  const plainly = async (sql: string): Promise<Cell[][]> => {
    const { warehouse } = await openMart("auto-marketplace");
    return (await warehouse.query(sql)).rows;
  };

  /** What this conversation handed to the service. */
  const statementsOf = async (conversation: string) =>
    (await handedOver(servers().snowflake.url, /./)).filter(
      ({ parameters }) => JSON.parse(parameters.QUERY_TAG ?? "{}").conversation === conversation,
    );

  describe("that a person types", () => {
    it("is run as this turn's, and shown with its rows and a chart", async () => {
      const statement = `SELECT "PLAN", count(*) AS SELLERS FROM SELLERS GROUP BY "PLAN" ORDER BY SELLERS DESC, "PLAN"`;
      const tell = await begin(viewer);
      const answer = await tell(`sql ${statement}; -- by plan`);
      const { result, ...shown } = queryOf(answer);
      expect(shown).toMatchObject({ writtenBy: "person", state: "done", dialect: "snowflake" });
      expect(shown.sql).toContain(statement);
      expect(result).toMatchObject({ truncated: false, stored: null });
      expect(result?.rows).toEqual(await plainly(statement));
      expect(result?.columns.map(({ name, type }) => [name, type])).toEqual([
        ["PLAN", "text"],
        ["SELLERS", "integer"],
      ]);
      expect(result?.chart).toMatchObject({ kind: "bar", x: "PLAN", y: "SELLERS", series: null });
      expect(result?.chart?.points.map(({ x, y }) => [x, y])).toEqual(result?.rows);
      const [only, ...others] = await statementsOf(tell.id);
      expect(others).toEqual([]);
      expect(JSON.parse(only?.parameters.QUERY_TAG ?? "")).toMatchObject({ user: viewer.id });
      expect(only?.sqlText).not.toContain("by plan");
    });

    it("gives as many rows as it may, keeps all that were read, and says that there are more", async () => {
      const statement = "SELECT LISTING_ID, ASKING_PRICE_INR FROM LISTINGS ORDER BY 1";
      const tell = await begin(viewer);
      const { result } = queryOf(await tell(`sql ${statement}`));
      expect(result).toMatchObject({ truncated: true, rowCount: config().freeSql.rows });
      const kept = await getQueryRows(viewer, tell.id, result?.stored?.name ?? "");
      const { rows } = JSON.parse(new TextDecoder().decode(kept)) as { rows: Cell[][] };
      expect(rows).toEqual(await plainly(`${statement} LIMIT ${config().freeSql.rows}`));
    });

    it("is refused in plain words where it is hostile, and nothing of it is handed to the service", async () => {
      const tell = await begin(viewer);
      for (const sql of await hostileStatements()) {
        const answer = await tell(`/sql ${sql}`);
        const [notice, ...more] = answer.parts("notice");
        expect(notice, sql).toMatchObject({ code: "SQL_REFUSED", level: "warning" });
        expect(notice?.text).toMatch(/^[A-Z“`].*[.?]$/s);
        expect(more).toEqual([]);
        expect(answer.parts("query")).toEqual([]);
      }
      expect(await statementsOf(tell.id)).toEqual([]);
      expect(queryOf(await tell("sql select 1")).result?.rows).toEqual([[1]]);
    });

    it("is told what the service finds wrong with it, without the service's words", async () => {
      const answer = await (await begin(viewer))("sql SELECT STATUS || 1 / 0 FROM SELLERS");
      const [notice] = answer.parts("notice");
      expect(notice).toMatchObject({ level: "warning" });
      expect(notice?.text).not.toMatch(/Binder|ProgrammingError|vendor|duckdb/i);
      expect(answer.parts("query")).toEqual([]);
    });
  });

  describe("for an open question", () => {
    it("is written in the service's dialect, shown before it runs, and answered in words", async () => {
      const answer = await (await begin(viewer))("which city has the most dormant sellers?");
      const [first] = answer.parts("query");
      const last = queryOf(answer);
      expect(first).toMatchObject({ state: "running", result: null, sql: last.sql, dialect: "snowflake" });
      expect(last).toMatchObject({ state: "done", writtenBy: "offline", dialect: "snowflake" });
      expect(last.result?.rows).toEqual(
        await plainly(
          `SELECT CITY_NAME, count(*) AS N FROM SELLERS JOIN CITIES USING (CITY_ID) WHERE STATUS = 'dormant' GROUP BY CITY_NAME ORDER BY N DESC, CITY_NAME LIMIT 10`,
        ),
      );
      expect(last.result?.chart).toMatchObject({ kind: "bar", x: "CITY_NAME" });
      expect(answer.text).toContain(`**${last.result?.rows[0]?.[0]}**`);
    });
  });

  describe("that takes long", () => {
    it("tells in the turn's stream what is waited for, and ends with its rows", async () => {
      const marker = "SELECT 'a slow one' AS NOTE";
      servers().proxy.plan(
        whileWaitingFor(marker, { status: "QUEUED" }, { times: 8 }),
        whileWaitingFor(marker, { status: "RESUMING_WAREHOUSE" }, { times: 2 }),
        whileWaitingFor(marker, { status: "RUNNING" }, { times: 2 }),
      );
      const answer = await (await begin(viewer))(`sql ${marker}`);
      servers().proxy.plan();
      expect(detailsOf(answer)).toEqual([
        "in Snowflake's queue",
        "waking the warehouse",
        "Snowflake is running it",
      ]);
      expect(answer.parts("progress").at(-1)).toMatchObject({ label: "Running your SQL", state: "done" });
      expect(queryOf(answer).result?.rows).toEqual([["a slow one"]]);
    });

    it("is ended by its id when its time is over, told so, and the conversation goes on", async () => {
      const tell = await begin(viewer);
      const answer = await tell(`sql ${endless}`);
      const notice = answer.parts("notice").at(-1);
      expect(notice).toMatchObject({ code: "SQL_LIMIT", level: "warning" });
      expect(notice?.text).toContain("longer than the 12 s");
      expect(detailsOf(answer)).toEqual(["Snowflake is running it"]);
      expect(answer.parts("query")).toEqual([]);
      await hasEnded(tell.id);
      expect(queryOf(await tell("sql SELECT 1 AS ONE")).result?.rows).toEqual([[1]]);
    });

    it("is ended by its id when the person stops the turn, and the next turn is served", async () => {
      const { id: conversationId } = await aConversation(viewer);
      const { runId } = await start(viewer, { conversationId, message: words(`sql ${endless}`) });
      const chunks: MessageChunk[] = [];
      for await (const { chunk } of followRun(viewer, runId, {
        after: 0,
        signal: new AbortController().signal,
      })) {
        chunks.push(chunk);
        if (detailsOf(heard(chunks)).length > 0) await cancel(viewer, conversationId);
      }
      await allRunsSettled();
      expect((await getRun(viewer, runId)).status).toBe("cancelled");
      expect(heard(chunks).parts("notice").at(-1)).toMatchObject({
        level: "info",
        text: "Stopped. Nothing was exported.",
      });
      expect(heard(chunks).parts("query")).toEqual([]);
      await hasEnded(conversationId);
      expect(queryOf(await (await begin(viewer))("sql SELECT 2 AS TWO")).result?.rows).toEqual([[2]]);
    });
  });

  it("has no more than two of one person's at work: they are told, and others are served meanwhile", async () => {
    const held = "SELECT 'held' AS NOTE";
    const running = changedJson((body) => {
      const { queries } = body.data as { queries: { status: string; sqlText: string }[] };
      for (const query of queries) if (query.sqlText.startsWith(held)) query.status = "RUNNING";
    });
    servers().proxy.plan({ on: /^GET \/monitoring\/queries\//, fault: running });
    const person = aViewer("Busy");
    const own = await Promise.all([1, 2, 3].map(() => listenTo(person, `sql ${held}`)));
    const waits = /^two of your statements run already/;
    const told = () => own.map(({ details }) => details().filter((detail) => waits.test(detail)).length);
    await vi.waitUntil(() => told().includes(1), { timeout: 30_000, interval: 50 });
    const other = await listenTo(aViewer("Other"), "sql SELECT 'served' AS NOTE");
    expect(queryOf(await other.ended).result?.rows).toEqual([["served"]]);
    expect(other.details().filter((detail) => waits.test(detail))).toEqual([]);
    servers().proxy.plan();
    for (const { ended } of own) expect(queryOf(await ended).result?.rows).toEqual([["held"]]);
    expect(told().sort()).toEqual([0, 0, 1]);
    await allRunsSettled();
  });

  /** The service itself knows the statement of this conversation as ended. */
  async function hasEnded(conversation: string) {
    await vi.waitUntil(
      async () => (await statementsOf(conversation)).every(({ status }) => status === "FAILED_WITH_ERROR"),
      { timeout: 30_000, interval: 50 },
    );
  }

  /** The service's answers to how this statement goes say something else, so many times. */
  function whileWaitingFor(
    marker: string,
    said: { status: string },
    times: Pick<FaultRule, "times">,
  ): FaultRule {
    const isHandingOver = ({ body }: SeenRequest) =>
      String((body as { sqlText?: string } | null)?.sqlText).startsWith(marker);
    return {
      on: ({ path }) => path.startsWith("/monitoring/queries/") && servers().proxy.seen.some(isHandingOver),
      fault: changedJson((body) => {
        const { queries } = body.data as { queries: { status: string }[] };
        for (const query of queries) query.status = said.status;
      }),
      ...times,
    };
  }
});

/** In a new conversation. */
async function listenTo(person: Viewer, text: string) {
  const { id: conversationId } = await aConversation(person);
  const { ended, soFar } = await listen(person, conversationId, text);
  return { ended, details: () => detailsOf(soFar()) };
}

/** The words of progress in the order in which they came, each once. */
function detailsOf(answer: Heard): string[] {
  return [...new Set(answer.parts("progress").flatMap(({ detail }) => detail ?? []))];
}

/** Of each category the first case that a message can hold and the guard has to stop, about this mart's tables. */
async function hostileStatements(): Promise<string[]> {
  const text = await readFile(new URL("../cases/hostile-sql.jsonl", import.meta.url), "utf8");
  const cases: { sql: string; verdict: string; dialect: string; category: string; stopped_by: string }[] =
    text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
  const firsts = new Map(
    cases
      .filter(
        ({ dialect, verdict, stopped_by: by }) =>
          dialect !== "duckdb" && verdict === "reject" && by === "guard",
      )
      .filter(({ sql }) => sql.length < 10_000)
      .reverse()
      .map(({ category, sql }) => [category, sql]),
  );
  return [...firsts.values()].map((sql) =>
    sql.replaceAll("customers", "SELLERS").replaceAll("orders", "LISTINGS"),
  );
}
