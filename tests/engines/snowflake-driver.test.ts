import { rm } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { folderStore } from "@/lib/objects";
import type { QueryProgress, Warehouse } from "@/lib/warehouse";
import {
  openSnowflakeSession,
  openSnowflakeWarehouse,
  type SnowflakeSession,
} from "@/lib/warehouse/snowflake";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import type { SnowflakeServer } from "./support/emulator";
import { describeWith, freshSnowflake } from "./support/engines";
import { expireSessions, handedOver, memoryJournal, settingsFor } from "./support/snowflake-driver";

describeWith(["snowflake"], "a Snowflake warehouse", () => {
  let server: SnowflakeServer;
  let session: SnowflakeSession;
  let warehouse: Warehouse;
  let folder: string;

  beforeAll(async () => {
    folder = await temporaryFolder();
    server = await freshSnowflake({ args: ["--chunk-rows", "1000", "--hold-seconds", "1"] });
    const settings = settingsFor(server.url, { pool: 2 });
    session = await openSnowflakeSession(settings);
    warehouse = await openSnowflakeWarehouse({
      ...{ settings, schema: "FEATURE_MART", scratchDirectory: folder },
      objects: folderStore(`${folder}/objects`),
    });
    await session.query("CREATE TABLE NUMBERS AS SELECT SEQ4() AS N FROM TABLE(GENERATOR(ROWCOUNT => 3500))");
  });

  afterAll(async () => {
    await Promise.all([session?.close(), warehouse?.close()]);
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const context = { user: "u1", conversation: "c1", run: "r1" };

  it("gives every kind of value in the port's form", async () => {
    const { columns, rows } = await warehouse.query(
      `SELECT 1 AS A, 9007199254740993 AS B, 12.50::NUMBER(10, 2) AS C, 0.1::FLOAT AS D, 'NaN'::FLOAT AS E, '-inf'::FLOAT AS F,
         'it''s "é"' AS G, TRUE AS H, DATE '1969-12-31' AS I, '1969-12-31 23:59:59.5'::TIMESTAMP_NTZ AS J,
         '2026-01-02 03:04:05.678901'::TIMESTAMP_NTZ AS K, NULL::NUMBER AS L, NULL AS M, 'NULL' AS N, 1e300::FLOAT AS O,
         '2026-07-01 10:00:00 +05:30'::TIMESTAMP_TZ AS P, '' AS Q, -9223372036854775808 AS R`,
    );
    expect(columns.map(({ type }) => type)).toEqual([
      ...["integer", "integer", "decimal", "float", "float", "float", "text", "boolean", "date", "timestamp"],
      ...["timestamp", "integer", "text", "text", "float", "timestamp", "text", "integer"],
    ]);
    expect(rows).toEqual([
      [
        ...[1, "9007199254740993", "12.50", 0.1, "NaN", "-Infinity", 'it\'s "é"', true, "1969-12-31"],
        ...["1969-12-31T23:59:59.5Z", "2026-01-02T03:04:05.678901Z", null, null, "NULL", 1e300],
        ...["2026-07-01T04:30:00Z", "", "-9223372036854775808"],
      ],
    ]);
  });

  it("binds values in order, and gives no rows of no rows", async () => {
    const { rows } = await warehouse.query("SELECT ?, ?, ?, ?, ?", {
      parameters: ["it's; --", 7, 0.5, true, null],
    });
    expect(rows[0]?.map(String)).toEqual(["it's; --", "7", "0.5", "true", "null"]);
    expect(await warehouse.query("SELECT N FROM NUMBERS WHERE N < ?", { parameters: [0] })).toEqual({
      columns: [{ name: "N", type: "integer" }],
      rows: [],
    });
  });

  it("brings every row of a result in several parts, in order", async () => {
    const { rows } = await warehouse.query("SELECT N FROM NUMBERS ORDER BY N");
    expect(rows.map(([n]) => n)).toEqual(Array.from({ length: 3500 }, (_, n) => n));
  });

  it("finds unqualified tables in its schema alone, and tells its version", async () => {
    await session.query("CREATE SCHEMA OTHER");
    const other = await openSnowflakeWarehouse({
      ...{ settings: settingsFor(server.url), schema: "OTHER", scratchDirectory: folder },
      objects: folderStore(`${folder}/objects`),
    });
    await session.query("CREATE TABLE OTHER.THINGS AS SELECT 5 AS V");
    expect((await other.query("SELECT V FROM THINGS")).rows).toEqual([[5]]);
    await expect(other.query("SELECT N FROM NUMBERS")).rejects.toMatchObject({ code: "WAREHOUSE_DENIED" });
    expect(await other.version()).toMatch(/^\d+\.\d+/);
    await other.close();
  });

  it("pins the session, and tells the service who asks with every statement", async () => {
    await warehouse.forRun({ ...context, approval: "a1" }).query("SELECT 'tagged' AS X");
    const [tagged] = await handedOver(server.url, /'tagged'/);
    expect(JSON.parse(tagged?.parameters.QUERY_TAG ?? "")).toEqual({ ...context, approval: "a1" });
    const pinned = await handedOver(server.url, /^ALTER SESSION/);
    for (const { sqlText } of pinned) {
      expect(sqlText).toContain("TIMEZONE = 'UTC'");
      expect(sqlText).toContain("STATEMENT_TIMEOUT_IN_SECONDS = 120");
    }
    const sessions = new Set((await handedOver(server.url, /./)).map((each) => each.session));
    expect(new Set(pinned.map((each) => each.session))).toEqual(sessions);
  });

  it("refuses to change anything, and says what failed without the vendor's words", async () => {
    for (const sql of [
      "DROP TABLE NUMBERS",
      "-- SELECT\nDELETE FROM NUMBERS",
      "/* x */ UPDATE NUMBERS SET N = 1",
    ]) {
      await expect(warehouse.query(sql)).rejects.toMatchObject({ code: "QUERY_FAILED" });
    }
    expect((await warehouse.query("SELECT COUNT(*) FROM NUMBERS")).rows).toEqual([[3500]]);
    const failed = await warehouse.query("SELECT SECRET_COLUMN FROM NUMBERS").catch((error) => error);
    expect(failed).toMatchObject({ code: "QUERY_FAILED", details: { code: "000904" } });
    expect(failed.message).not.toMatch(/SECRET/);
    expect(String(failed.cause)).toMatch(/SECRET_COLUMN/);
  });

  it("holds at most its number of connections, and serves in turn who waits", async () => {
    const order: number[] = [];
    await Promise.all(
      [0, 1, 2, 3, 4].map(async (n) => {
        await warehouse.query(`SELECT 'turn ${n}', SYSTEM$WAIT(0.2)`);
        order.push(n);
      }),
    );
    const turns = await handedOver(server.url, /'turn \d'/);
    expect(turns.map(({ sqlText }) => sqlText.match(/turn (\d)/)?.[1])).toEqual(["0", "1", "2", "3", "4"]);
    expect(new Set(turns.map((each) => each.session)).size).toBe(2);
    expect([...order].sort()).toEqual([0, 1, 2, 3, 4]);
  });

  it("lets one who waits for a connection go at once, and the others not wait longer for it", async () => {
    const busy = [warehouse.query("SELECT SYSTEM$WAIT(1)"), warehouse.query("SELECT SYSTEM$WAIT(1)")];
    const stop = new AbortController();
    const waiting = warehouse.query("SELECT 'never asked'", { signal: stop.signal });
    const next = warehouse.query("SELECT 'asked after'");
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ code: "QUERY_CANCELLED" });
    await Promise.all([...busy, next]);
    expect(await handedOver(server.url, /'never asked'/)).toEqual([]);
  });

  it("ends a query by its id on a stop, and goes on", async () => {
    const stop = new AbortController();
    const running = warehouse.query("SELECT 'stop me', SYSTEM$WAIT(60)", { signal: stop.signal });
    await expect.poll(() => handedOver(server.url, /stop me/)).toHaveLength(1);
    stop.abort();
    await expect(running).rejects.toMatchObject({ code: "QUERY_CANCELLED" });
    expect(await handedOver(server.url, /stop me/)).toMatchObject([{ status: "FAILED_WITH_ERROR" }]);
    await expect(warehouse.query("SELECT 1", { signal: stop.signal })).rejects.toMatchObject({
      code: "QUERY_CANCELLED",
    });
    expect((await warehouse.query("SELECT 1")).rows).toEqual([[1]]);
  });

  it("ends a query by itself after the settings' seconds", async () => {
    const hasty = await openSnowflakeSession(settingsFor(server.url, { statementSeconds: 1 }));
    const failed = await hasty.query("SELECT SYSTEM$WAIT(30)").catch((error) => error);
    expect(failed).toMatchObject({ code: "QUERY_FAILED", details: { code: "000630" } });
    expect(failed.message).toContain("SNOWFLAKE_STATEMENT_SECONDS");
    await hasty.close();
  });

  it("tells how a long query goes", async () => {
    const heard: QueryProgress[] = [];
    await warehouse
      .forRun({ ...context, onProgress: (progress) => heard.push(progress) })
      .query("SELECT 'slowly', SYSTEM$WAIT(3.5)");
    const [{ id } = { id: "" }] = await handedOver(server.url, /'slowly'/);
    expect(heard.length).toBeGreaterThanOrEqual(2);
    for (const [index, { queryId, state, seconds }] of heard.entries()) {
      expect({ queryId, state }).toEqual({ queryId: id, state: "running" });
      expect(seconds).toBeGreaterThan(index);
    }
  });

  it("remembers a query's id while it runs, and waits for it instead of asking again", async () => {
    const journal = memoryJournal();
    const run = warehouse.forRun({ ...context, journal });
    const first = run.query("SELECT 'once', SYSTEM$WAIT(2)");
    await expect.poll(() => journal.entries.size).toBe(1);
    const [asked] = await handedOver(server.url, /'once'/);
    expect([...journal.entries.values()]).toEqual([asked?.id]);
    expect(asked?.status).toBe("RUNNING");
    const second = warehouse.forRun({ ...context, journal }).query("SELECT 'once', SYSTEM$WAIT(2)");
    expect(await second).toEqual(await first);
    expect(await handedOver(server.url, /'once'/)).toHaveLength(1);
  });

  it("asks anew what it remembers in vain: failed, or unknown to the service", async () => {
    const journal = memoryJournal();
    const run = warehouse.forRun({ ...context, journal });
    await expect(run.query("SELECT V FROM LATER")).rejects.toMatchObject({ code: "WAREHOUSE_DENIED" });
    await session.query("CREATE TABLE FEATURE_MART.LATER AS SELECT 1 AS V");
    expect((await run.query("SELECT V FROM LATER")).rows).toEqual([[1]]);
    for (const hash of journal.entries.keys()) {
      journal.entries.set(hash, "01b00000-0000-0000-0000-00000000abcd");
    }
    expect((await run.query("SELECT V FROM LATER")).rows).toEqual([[1]]);
    expect(await handedOver(server.url, /SELECT V FROM LATER/)).toHaveLength(3);
  });

  it.each(["session", "master"] as const)("goes on unseen when the %s's token has expired", async (what) => {
    const before = (await handedOver(server.url, /./)).length;
    await warehouse.query("SELECT 0");
    await expireSessions(server.url, what);
    expect((await warehouse.query(`SELECT 'after ${what}'`)).rows).toEqual([[`after ${what}`]]);
    const long = warehouse.query(`SELECT 'during ${what}', SYSTEM$WAIT(2)`);
    await expect.poll(() => handedOver(server.url, new RegExp(`'during ${what}`))).toHaveLength(1);
    await expireSessions(server.url, what);
    expect((await long).rows[0]?.[0]).toBe(`during ${what}`);
    await session.query(`CREATE TABLE MADE_${what} (V INTEGER)`);
    for (const text of [`'after ${what}`, `'during ${what}`, `MADE_${what}`]) {
      expect(await handedOver(server.url, new RegExp(text))).toHaveLength(1);
    }
    expect((await handedOver(server.url, /./)).length).toBeGreaterThan(before);
  });
});
