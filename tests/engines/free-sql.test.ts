import { afterAll, beforeAll, expect, it } from "vitest";
import { runFreeSql } from "@/lib/free-sql";
import type { Mart } from "@/lib/mart";
import { freeSqlTables } from "../support/free-sql-mart";
import { describeWith, freshS3, freshSnowflake } from "./support/engines";
import { openSmallSnowflakeMart } from "./support/small-snowflake-mart";

const limits = { rows: 5, seconds: 20, memory: "256MB" };

describeWith(["snowflake", "s3"], "a statement that a person typed, on Snowflake", () => {
  let mart: Mart;
  const stops: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    const s3 = await freshS3();
    const snowflake = await freshSnowflake({ s3 });
    const small = await openSmallSnowflakeMart(
      { ...s3.settings, ...snowflake.settings },
      "TYPED",
      freeSqlTables(20),
    );
    mart = { ...small, file: null, name: "small", title: "Small", stamp: "v2026.01", build: "tests" };
    stops.push(small.close, snowflake.stop, s3.stop);
  });
  afterAll(async () => {
    for (const stop of stops) await stop();
  });
  const run = (sql: string, changed: Partial<typeof limits> = {}, signal?: AbortSignal) =>
    runFreeSql({ sql, mart, limits: { ...limits, ...changed }, signal });

  it("gives its rows in its order, and says that there are more", async () => {
    const result = await run('SELECT "id", "name", "joined" FROM "customers" ORDER BY "id" DESC; -- newest');
    expect(result.rows.map(([id]) => id)).toEqual([19, 18, 17, 16, 15]);
    expect(result.columns.map(({ name, type }) => [name, type])).toEqual([
      ["id", "integer"],
      ["name", "text"],
      ["joined", "date"],
    ]);
    expect(result).toMatchObject({ truncated: true });
    expect(await run('SELECT count(*) FROM "orders"')).toMatchObject({ rows: [[20]], truncated: false });
  });

  it("leaves a smaller limit of its own alone", async () => {
    const result = await run('SELECT "id" FROM "customers" ORDER BY "id" LIMIT 2');
    expect(result).toMatchObject({ rows: [[0], [1]], truncated: false });
    expect(result.sql).toBe('SELECT "id" FROM "customers" ORDER BY "id" LIMIT 2');
  });

  it("reads no more than eight million bytes", async () => {
    const long = `SELECT "id", repeat('x', 3000000) FROM "customers" ORDER BY "id"`;
    const result = await run(long);
    expect(result.rows).toHaveLength(2);
    expect(result.truncated).toBe(true);
  });

  it.each([
    ["SELECT * FROM customers", { reason: "unknown table" }, /"customers", with its double quotes/],
    ['SELECT * FROM db.s."customers"', { reason: "qualified name" }, /own tables/],
    ['SELECT "nmae" FROM "customers"', { reason: "unknown column" }, /double quotes/],
  ])("%s is refused in words", async (sql, details, sentence) => {
    const error = await run(sql).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: "SQL_REFUSED", details });
    expect(error.message).toMatch(sentence);
  });

  it("is ended by its id: by the time it may take, and by the person", async () => {
    const endless = "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM t) SELECT count(*) FROM t";
    await expect(run(endless, { seconds: 2 })).rejects.toMatchObject({
      code: "SQL_LIMIT",
      details: { limit: "time" },
    });
    await expect(run(endless, {}, AbortSignal.timeout(1000))).rejects.toMatchObject({
      code: "QUERY_CANCELLED",
    });
    expect((await run('SELECT max("id") FROM "customers"')).rows).toEqual([[19]]);
  });
});
