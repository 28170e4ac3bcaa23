import { beforeAll, describe, expect, it, vi } from "vitest";
import type { QueryPart } from "@/agents/parts";
import { allRunsSettled, cancel, getQueryRows } from "@/agents/run";
import { getPendingApproval, listExports, listMessages } from "@/db/queries";
import type { Viewer } from "@/lib/auth";
import { config } from "@/lib/config";
import { openMart } from "@/lib/mart";
import type { Cell } from "@/lib/warehouse";
import { aConversation } from "./support/a-conversation";
import { aViewer } from "./support/a-viewer";
import { copyWorldMart, setUpDemoMart, worldMartFile } from "./support/demo-mart";
import { begin, type Heard, listen, queryOf, yes } from "./support/turns";

const viewer: Viewer = aViewer("Tester");

setUpDemoMart(400);

/** What the same question gives in SQL that a person wrote for this test. */
async function plainly(sql: string): Promise<Cell[][]> {
  const { warehouse } = await openMart("auto-marketplace");
  return (await warehouse.query(sql)).rows;
}

describe("SQL that a person types", () => {
  it("runs as typed, and shows rows, time and a chart where one fits; no planner is asked", async () => {
    const statement = `SELECT "PLAN", count(*) AS sellers FROM SELLERS GROUP BY ALL ORDER BY sellers DESC`;
    const answer = await (await begin(viewer))(`sql ${statement};`);
    const { result, ...shown } = queryOf(answer);
    expect(shown).toMatchObject({ writtenBy: "person", state: "done", dialect: "duckdb", title: "Your SQL" });
    expect(shown.sql.replace(/;$/, "")).toBe(statement);
    expect(result).toMatchObject({ truncated: false, stored: null });
    expect(result?.rows).toEqual(await plainly(statement));
    expect(result?.seconds).toBeGreaterThan(0);
    expect(result?.chart).toMatchObject({ kind: "bar", x: "PLAN", y: "sellers" });
    expect(answer.parts("plan")).toEqual([]);
    expect(answer.parts("progress").map(({ label }) => label)).not.toContain("Reading the request");
  });

  it("tells that there are more rows than the limit, and keeps all that were read beside the message", async () => {
    const tell = await begin(viewer);
    const { result } = queryOf(
      await tell("sql SELECT LISTING_ID, ASKING_PRICE_INR FROM LISTINGS ORDER BY 1"),
    );
    expect(result).toMatchObject({ truncated: true, rowCount: config().freeSql.rows });
    expect(result?.rows.length).toBe(200);
    const { stored } = result ?? {};
    const all = JSON.parse(
      new TextDecoder().decode(await getQueryRows(viewer, tell.id, stored?.name ?? "")),
    ) as { rows: Cell[][] };
    expect(all.rows).toEqual(
      await plainly(
        `SELECT LISTING_ID, ASKING_PRICE_INR FROM LISTINGS ORDER BY 1 LIMIT ${config().freeSql.rows}`,
      ),
    );
    await expect(getQueryRows(aViewer(), tell.id, stored?.name ?? "")).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    for (const name of ["../../secret", "0".repeat(32)])
      await expect(getQueryRows(viewer, tell.id, name)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("keeps odd cells: NULL, NUL, long text, many digits, one name twice", async () => {
    const { result } = queryOf(
      await (await begin(viewer))(
        "sql SELECT NULL AS n, 'a' || chr(0) || 'b' AS nul, repeat('é', 5000) AS long, 12345678901234567890::HUGEINT AS big, 1 AS x, 2 AS x",
      ),
    );
    const [row] = result?.rows ?? [];
    expect(row?.slice(0, 2)).toEqual([null, "a␀b"]);
    expect(String(row?.[2])).toMatch(/^é{1999}…$/);
    expect(String(row?.[3])).toBe("12345678901234567890");
    expect(result?.stored).not.toBeNull();
  });

  it.each([
    ["DROP TABLE SELLERS", "SQL_REFUSED"],
    ["SELECT * FROM read_csv('/etc/passwd')", "SQL_REFUSED"],
    ["SELECT * FROM SELERS", "SQL_REFUSED"],
    ["SELECT 1; SELECT 2", "SQL_REFUSED"],
    ["SELEC 1", "SQL_REFUSED"],
  ])("refuses %j in plain words and goes on", async (statement, code) => {
    const tell = await begin(viewer);
    const answer = await tell(`/sql ${statement}`);
    const [notice] = answer.parts("notice");
    expect(notice).toMatchObject({ code, level: "warning" });
    expect(notice?.text).toMatch(/^[A-Z“].*[.?]$/s);
    expect(answer.parts("query")).toEqual([]);
    expect(queryOf(await tell("sql select 1")).result?.rows).toEqual([[1]]);
  });

  it("says what a statement alone is for, and how SQL without the word is run", async () => {
    const tell = await begin(viewer);
    expect((await tell("sql")).text).toMatch(/sql SELECT \* FROM \w+ LIMIT 10/);
    expect((await tell("SELECT * FROM SELLERS")).text).toMatch(/put `sql` before it/);
    expect((await tell("help")).text).toContain("`sql SELECT …`");
  });
});

describe("while a question waits", () => {
  let tell: Awaited<ReturnType<typeof begin>>;
  let waiting: Heard;

  beforeAll(async () => {
    tell = await begin(viewer);
    waiting = await tell("geo and engagement features for sellers in Pune, no personal data");
  });

  it("SQL is answered and the question asked again, with nothing decided and the set as it was", async () => {
    expect(waiting.approval?.kind).toBe("enrich");
    const answer = await tell("sql select count(*) as n from CITIES");
    expect(queryOf(answer).result?.rows).toEqual(await plainly("select count(*) from CITIES"));
    expect(answer.approval).toMatchObject({ kind: "enrich", status: "pending" });
    expect(answer.approval?.groups).toEqual(waiting.approval?.groups);
  });

  it("so are a refusal and an open question", async () => {
    const refused = await tell("sql delete from SELLERS");
    expect(refused.parts("notice")[0]).toMatchObject({ code: "SQL_REFUSED" });
    expect(refused.approval).toMatchObject({ kind: "enrich", status: "pending" });
    const asked = await tell("which city has the most dormant sellers?");
    expect(queryOf(asked).state).toBe("done");
    expect(asked.approval).toMatchObject({ kind: "enrich", status: "pending" });
    waiting = asked;
  });

  it("and the matrix that was asked for is exported after all", async () => {
    const taken = await tell(yes(waiting.approval, []));
    expect(taken.approval?.kind).toBe("export");
    const between = await tell("sql select 1 as one");
    expect(between.approval).toMatchObject({ kind: "export", exportOf: taken.approval?.exportOf });
    expect(await listExports(viewer, tell.id)).toEqual([]);
    await tell(yes(between.approval));
    expect(await listExports(viewer, tell.id)).toHaveLength(1);
    expect(await getPendingApproval(viewer, tell.id)).toBeNull();
  });

  it("and a reload finds every statement with its rows", async () => {
    const messages = await listMessages(viewer, tell.id);
    const queries = messages.flatMap(({ parts }) =>
      (parts as { type: string; data: QueryPart }[]).filter(({ type }) => type === "data-query"),
    );
    expect(queries.map(({ data }) => [data.state, data.result?.rows.length])).toEqual([
      ["done", 1],
      ["done", 10],
      ["done", 1],
    ]);
  });
});

describe("an open question, read by rules", () => {
  it.each([
    [
      "which city has the most dormant sellers?",
      `SELECT c.CITY_NAME, count(*) n FROM SELLERS s JOIN CITIES c ON s.CITY_ID = c.CITY_ID WHERE s.STATUS = 'dormant' GROUP BY ALL ORDER BY n DESC, 1 LIMIT 10`,
    ],
    [
      "average price by brand in Pune",
      `SELECT MAKE, avg(ASKING_PRICE_INR) a, count(ASKING_PRICE_INR) FROM LISTINGS l JOIN SELLERS s USING (SELLER_ID) JOIN CITIES c ON s.CITY_ID = c.CITY_ID WHERE CITY_NAME = 'Pune' GROUP BY ALL ORDER BY a DESC NULLS LAST, 1`,
    ],
    [
      "how many listings per month?",
      `SELECT strftime(LISTED_AT, '%Y-%m-01'), count(*) FROM LISTINGS GROUP BY ALL ORDER BY 1`,
    ],
    [
      "top 5 states by verified sellers",
      `SELECT STATE, count(*) n FROM SELLERS s JOIN CITIES c ON s.CITY_ID = c.CITY_ID WHERE IS_VERIFIED GROUP BY ALL ORDER BY n DESC, 1 LIMIT 5`,
    ],
    [
      "what is the median asking price in Mumbai?",
      `SELECT median(ASKING_PRICE_INR), count(ASKING_PRICE_INR) FROM LISTINGS l JOIN SELLERS s USING (SELLER_ID) JOIN CITIES c ON s.CITY_ID = c.CITY_ID WHERE CITY_NAME = 'Mumbai'`,
    ],
    ["how many sellers by plan", `SELECT "PLAN", count(*) n FROM SELLERS GROUP BY ALL ORDER BY n DESC, 1`],
    [
      "which seller has the fewest listings in Pune",
      `SELECT SELLER_ID, count(*) n FROM LISTINGS JOIN SELLERS USING (SELLER_ID) JOIN CITIES USING (CITY_ID) WHERE CITY_NAME = 'Pune' GROUP BY ALL ORDER BY n, 1 LIMIT 10`,
    ],
    [
      "highest asking price by body type",
      `SELECT BODY, max(ASKING_PRICE_INR) a, count(ASKING_PRICE_INR) FROM LISTINGS GROUP BY ALL ORDER BY a DESC NULLS LAST, 1`,
    ],
  ])("%s", async (question, statement) => {
    const answer = await (await begin(viewer))(question);
    const { result, reading, writtenBy, state } = queryOf(answer);
    expect(result?.rows).toEqual(await plainly(statement));
    expect(result?.rows.length).toBeGreaterThan(0);
    expect({ writtenBy, state }).toEqual({ writtenBy: "offline", state: "done" });
    expect(reading).toMatch(/^Read as: /);
    expect(answer.text).not.toBe("");
  });

  it("shows the statement before it has run", async () => {
    const answer = await (await begin(viewer))("which city has the most dormant sellers?");
    const [first, last] = answer.parts("query");
    expect(first).toMatchObject({ state: "running", result: null, sql: last?.sql });
    expect(answer.text).toContain(`**${last?.result?.rows[0]?.[0]}** has the most`);
  });

  it("counts a row without its city under NULL, and leaves it out of rankings only", async () => {
    const [[unknown = 0] = []] = await plainly("SELECT count(*) FROM SELLERS WHERE CITY_ID IS NULL");
    expect(Number(unknown)).toBeGreaterThan(0);
    const each = queryOf(await (await begin(viewer))("how many sellers does each city have"));
    expect(each.result?.rows.find(([city]) => city === null)?.[1]).toBe(unknown);
    const most = queryOf(await (await begin(viewer))("which city has the fewest sellers?"));
    expect(most.result?.rows.every(([city]) => city !== null)).toBe(true);
  });

  it.each([
    ["which planet has the most sellers?", "planet"],
    ["which city has the most purple sellers?", "purple"],
    ["how many listings per fortnight", "fortnight"],
    ["what is the average charm by make", "charm"],
  ])("says of %j what it could not read, and shows the way in SQL", async (question, word) => {
    const answer = await (await begin(viewer))(question);
    expect(answer.text).toContain(`“${word}”`);
    expect(answer.text).toContain("sql SELECT");
    expect(answer.parts("query")).toEqual([]);
  });

  it("never shows personal data by rules", async () => {
    const { sql } = queryOf(await (await begin(viewer))("which seller has the most listings"));
    expect(sql).not.toMatch(/NAME|PHONE|EMAIL/);
    const answer = await (await begin(viewer))("how many buyers by income band");
    expect(answer.parts("query")).toEqual([]);
  });

  it("leaves requests for features what they are", async () => {
    const answer = await (await begin(viewer))("average asking price per seller in Pune");
    expect(answer.parts("query")).toEqual([]);
    expect(answer.parts("result")).toHaveLength(1);
  });
});

describe("several statements at once", () => {
  const endless = "sql SELECT count(*) FROM range(1000000000000)";

  /** Says something and hears the answer while it comes; others may be at work. */
  async function listenTo(person: Viewer, text: string) {
    const { id: conversationId } = await aConversation(person);
    const { ended, soFar } = await listen(person, conversationId, text);
    const progress = () => soFar().parts("progress").at(-1);
    const [begun, detail] = [() => progress() !== undefined, () => progress()?.detail];
    return { ended, begun, detail, stop: () => cancel(person, conversationId) };
  }

  it("no person has more than two at work: they are told, and others are served meanwhile", async () => {
    const own = await Promise.all([endless, endless, endless].map((text) => listenTo(viewer, text)));
    const waiting = await vi.waitUntil(() => own.find(({ detail }) => detail()), { timeout: 30_000 });
    expect(waiting.detail()).toMatch(/^two of your statements run already/);

    const other = await (await listenTo(aViewer("Other"), "sql SELECT 1 AS ONE")).ended;
    expect(queryOf(other).result?.rows).toEqual([[1]]);
    expect(other.parts("progress").map(({ detail }) => detail)).toEqual([undefined, undefined]);

    expect(waiting.detail()).toBeDefined();
    await own.find((one) => one !== waiting)?.stop();
    await vi.waitUntil(() => waiting.detail() === undefined, { timeout: 30_000 });
    for (const { stop } of own) await stop();
    const endings = (await Promise.all(own.map(({ ended }) => ended))).map((one) =>
      one.parts("notice").at(-1),
    );
    expect(endings.map((ending) => ending?.text)).toEqual(Array(3).fill("Stopped. Nothing was exported."));
    await allRunsSettled();
  });

  it("reads the build that its turn began with, when the stamp is built again while it waits", async () => {
    const [[before]] = (await plainly("SELECT count(*) FROM SELLERS")) as [Cell[]];
    // Built beforehand: the statements run for half a minute only.
    await worldMartFile(60);
    const [first, second] = await Promise.all([listenTo(viewer, endless), listenTo(viewer, endless)]);
    await vi.waitUntil(() => first.begun() && second.begun(), { timeout: 20_000 });
    const third = await listenTo(viewer, "sql SELECT count(*) FROM SELLERS");
    await vi.waitUntil(() => third.detail(), { timeout: 20_000 });
    await copyWorldMart(60, config().dataDir);
    const [[after]] = (await plainly("SELECT count(*) FROM SELLERS")) as [Cell[]];
    await first.stop();
    await second.stop();
    expect(queryOf(await third.ended).result?.rows).toEqual([[before]]);
    expect(after).not.toBe(before);
    await allRunsSettled();
    const later = await (await begin(viewer))("sql SELECT count(*) FROM SELLERS");
    expect(queryOf(later).result?.rows).toEqual([[after]]);
  }, 300_000);
});
