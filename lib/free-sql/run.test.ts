import { open, rm } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildFileOf, closeMarts, type Mart, openMart, placeOf, publishMart } from "@/lib/mart";
import { openFreeSqlMart } from "@/tests/support/free-sql-mart";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { buildThings } from "@/tests/support/things-mart";
import { runFreeSql } from ".";

const limits = { rows: 10, seconds: 30, memory: "256MB" };
let mart: Mart;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ mart, close } = await openFreeSqlMart());
});
afterAll(() => close());

const run = (sql: string, changed: Partial<typeof limits> = {}) =>
  runFreeSql({ sql, mart, limits: { ...limits, ...changed } });

describe("a result", () => {
  it("is the statement's, with names, types and every kind of value", async () => {
    const result = await run(
      "select id, name, spent, joined, seen, active from customers where id = 1; -- the first",
    );
    expect(result.columns).toEqual([
      { name: "id", type: "integer" },
      { name: "name", type: "text" },
      { name: "spent", type: "float" },
      { name: "joined", type: "date" },
      { name: "seen", type: "timestamp" },
      { name: "active", type: "boolean" },
    ]);
    expect(result.rows).toEqual([[1, "buyer 1", 0.5, "2025-01-02", "2025-01-01T00:00:01Z", false]]);
    expect(result).toMatchObject({ truncated: false });
    expect(result.seconds).toBeGreaterThan(0);
  });

  it("keeps the statement's order, and says that there is more", async () => {
    const result = await run("SELECT id FROM customers ORDER BY id % 7 DESC, id DESC");
    const all = await mart.warehouse.query("SELECT id FROM customers ORDER BY id % 7 DESC, id DESC LIMIT 10");
    expect(result.rows).toEqual(all.rows);
    expect(result).toMatchObject({ truncated: true });
    expect(result.sql).toBe(
      "SELECT *\nFROM (\nSELECT id FROM customers ORDER BY id % 7 DESC, id DESC\n) AS answer\nLIMIT 11",
    );
  });

  it("is whole at exactly the limit", async () => {
    expect(await run("FROM customers SELECT id LIMIT 10")).toMatchObject({ truncated: false });
    expect((await run("SELECT id FROM customers WHERE id < 0")).rows).toEqual([]);
  });

  it("ends before eight million bytes, and says so", async () => {
    const result = await run("SELECT id, repeat('é', 500000) FROM customers ORDER BY id", { rows: 1000 });
    expect(result.rows.map(([id]) => id)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(result.truncated).toBe(true);
    expect(Buffer.byteLength(JSON.stringify(result.rows))).toBeLessThan(8_000_000);
  });

  it("has no more columns than a person can be shown", async () => {
    const sql = `SELECT ${"*, ".repeat(1000)}id FROM customers`;
    await expect(run(sql)).rejects.toMatchObject({
      code: "SQL_LIMIT",
      details: { limit: "columns" },
      message: expect.stringMatching(/6,001 columns.*Name those/),
    });
  });

  it("gives two columns of one name both", async () => {
    const { columns, rows } = await run(
      "SELECT a.id, b.id FROM customers a JOIN orders b ON a.id = b.customer_id WHERE b.id = 3",
    );
    expect(columns).toHaveLength(2);
    expect(rows).toEqual([[3, 3]]);
  });
});

describe("what its writer can mend", () => {
  it.each([
    ["SELECT nmae FROM customers", "unknown column", /“nmae”.*name/],
    ["SELECT c.nmae FROM customers c", "unknown column", /“nmae”.*name/],
    ["SELECT x.id FROM customers c", "unknown alias", /“x”/],
    ["SELECT id FROM customers a JOIN orders b ON a.id = b.customer_id", "ambiguous column", /“id”/],
    ["SELECT name, count(*) FROM customers", "not grouped", /“name”.*GROUP BY/],
    ["SELECT name FROM customers WHERE count(*) > 1", "misplaced aggregate", /WHERE/],
    ["SELECT sum(name) FROM customers", "argument types", /sum\(VARCHAR\)/],
    [
      "SELECT id FROM customers WHERE joined > id",
      "types differ",
      /DATE and type INTEGER|DATE and type BIGINT/,
    ],
    ["SELECT name::INTEGER FROM customers", "conversion", /TRY_CAST/],
    ["SELECT id FROM customers UNION SELECT id, name FROM customers", "set operation", /same number/],
    ["SELECT (SELECT id FROM customers)", "subquery rows", /LIMIT 1/],
    ["SELECT 9223372036854775807 + id FROM customers", "out of range", /DOUBLE/],
    ["SELECT regexp_matches(name, '(') FROM customers", "invalid value", /arguments/],
    ["SELECT id FROM customers ORDER BY 5 LIMIT -1", "not understood", /names, types/],
  ])("%s", async (sql, reason, sentence) => {
    const error = await run(sql).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: "SQL_REFUSED", details: { reason, category: "engine" } });
    expect(error.message).toMatch(sentence);
    expect(error.message).not.toMatch(/Binder|Conversion Error|buyer \d|LINE 1|Candidate/);
  });

  it("is said before anything runs where the guard sees it", async () => {
    await expect(run("SELECT * FROM custmers")).rejects.toMatchObject({
      code: "SQL_REFUSED",
      details: { reason: "unknown table", candidates: ["customers"] },
    });
    await expect(run("SELECT * FROM TABLE_REGISTRY")).rejects.toMatchObject({ code: "SQL_REFUSED" });
  });
});

describe("a mart that is built again under its stamp", () => {
  let dataDir: string;
  beforeAll(async () => {
    dataDir = await temporaryFolder();
  });
  afterAll(async () => {
    await closeMarts();
    await rm(dataDir, { recursive: true, force: true });
  });
  const publish = async (rows: number) => {
    const file = buildFileOf(placeOf("things", dataDir), "v2026.11");
    await buildThings(file, "v2026.11", rows);
    await publishMart("things", "v2026.11", file, { dataDir });
    return openMart("things", { dataDir });
  };
  const counted = async (things: Mart) =>
    (await runFreeSql({ sql: "SELECT count(*) FROM THINGS", mart: things, limits })).rows[0]?.[0];

  it("is read as it was when it was opened, until nobody can have it open", async () => {
    const before = await publish(3);
    const after = await publish(5);
    expect(before.file?.path).toBe(after.file?.path);
    expect([await counted(before), await counted(after)]).toEqual([3, 5]);
    const newest = await publish(7);
    await expect(counted(before)).rejects.toMatchObject({
      code: "QUERY_FAILED",
      message: expect.stringContaining("built again since this was begun"),
    });
    expect([await counted(after), await counted(newest)]).toEqual([5, 7]);
  });

  it("is read from what was opened, also where its file was removed since", async () => {
    const mart = await publish(2);
    await rm(mart.file?.path ?? "");
    expect(await counted(mart)).toBe(2);
  });
});

it("says that a mart is damaged", async () => {
  const held = await open(import.meta.filename);
  const broken = { ...mart, file: { path: "mart.duckdb", held } };
  await expect(runFreeSql({ sql: "SELECT id FROM customers", mart: broken, limits })).rejects.toMatchObject({
    code: "MART_DAMAGED",
  });
  await held.close();
});
