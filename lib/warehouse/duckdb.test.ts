import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDuckDbWarehouse, openDuckDbWriter, type Warehouse } from "./index";

let folder: string;
let out: string;
let mart: string;
let warehouse: Warehouse;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "warehouse-"));
  out = path.join(folder, "o'ut");
  mart = path.join(folder, "mart.duckdb");
  await mkdir(out);
  const writer = await openDuckDbWriter(mart, { threads: 2, memoryLimit: "1GB" });
  await writer.run(`CREATE TABLE kinds AS SELECT i AS id,
    CASE WHEN i % 3 > 0 THEN i::TINYINT END AS tiny, CASE WHEN i % 4 > 0 THEN i END AS big,
    CASE WHEN i % 5 > 0 THEN i::HUGEINT END AS huge, CASE WHEN i % 7 > 0 THEN i::UBIGINT END AS ubig,
    CASE WHEN i % 3 = 0 THEN 'nan'::DOUBLE WHEN i % 3 = 1 THEN i / 3 END AS dbl, CASE WHEN i % 2 = 0 THEN 'nan'::FLOAT END AS flt,
    CASE WHEN i % 6 > 0 THEN (i * 0.01)::DECIMAL(9, 2) END AS small_dec, CASE WHEN i % 6 > 1 THEN (i * 0.01)::DECIMAL(38, 9) END AS wide_dec,
    CASE WHEN i % 3 > 0 THEN i % 2 = 0 END AS flag, CASE WHEN i % 4 > 0 THEN DATE '2026-01-01' + i::INT END AS day,
    CASE WHEN i % 8 > 0 THEN TIMESTAMP '2026-01-01 10:00:00.000001' + to_hours(i) END AS ts,
    CASE WHEN i % 9 > 0 THEN TIMESTAMPTZ '2026-01-01 10:00:00+05:30' END AS tsz,
    CASE WHEN i % 9 > 1 THEN TIMESTAMP_NS '2026-01-01 10:00:00.123456789' END AS tsn,
    CASE i % 4 WHEN 0 THEN '' WHEN 1 THEN 'NULL' WHEN 2 THEN 'é' END AS txt, CASE WHEN i % 2 > 0 THEN repeat('x', 5000) END AS long_txt,
    CASE WHEN i % 2 > 0 THEN 'ab'::BLOB END AS bytes, CASE WHEN i % 2 > 0 THEN TIME '10:00:00' END AS clock,
    CASE WHEN i % 2 > 0 THEN uuid() END AS uid, CASE WHEN i % 2 > 0 THEN 'a'::ENUM('a', 'b') END AS en,
    NULL::INTEGER AS none_int, NULL::VARCHAR AS none_text, NULL::TIMESTAMP AS none_ts, 7 AS always
    FROM range(120) r(i)`);
  await writer.run(
    'CREATE TABLE nested AS SELECT CASE WHEN i % 2 = 0 THEN [i, NULL] END AS list, CASE WHEN i % 3 = 0 THEN {a: NULL, b: i} END AS struct, CASE WHEN i % 4 = 0 THEN i END AS "plain, one" FROM range(60) r(i)',
  );
  await writer.close();
  warehouse = await openDuckDbWarehouse({ path: mart, writableDirectories: [out] });
});

afterAll(async () => {
  await warehouse.close();
  await rm(folder, { recursive: true, force: true });
});

describe("values", () => {
  it.each([
    ["42::BIGINT", 42, "integer"],
    ["9007199254740993::BIGINT", "9007199254740993", "integer"],
    [
      "-170141183460469231731687303715884105727::HUGEINT",
      "-170141183460469231731687303715884105727",
      "integer",
    ],
    ["1.50::DECIMAL(9, 2)", "1.50", "decimal"],
    ["12345678901234567890.123456789::DECIMAL(38, 9)", "12345678901234567890.123456789", "decimal"],
    ["0.1::DOUBLE", 0.1, "float"],
    ["'nan'::DOUBLE", "NaN", "float"],
    ["'-inf'::DOUBLE", "-Infinity", "float"],
    ["TIMESTAMP '2026-01-02 03:04:05'", "2026-01-02T03:04:05Z", "timestamp"],
    ["TIMESTAMP '2026-01-02 03:04:05.000001'", "2026-01-02T03:04:05.000001Z", "timestamp"],
    ["TIMESTAMPTZ '2026-01-02 03:04:05+05:30'", "2026-01-01T21:34:05Z", "timestamp"],
    ["TIMESTAMP_NS '2026-01-02 03:04:05.123456789'", "2026-01-02T03:04:05.123456789Z", "timestamp"],
    ["'infinity'::TIMESTAMP", "infinity", "timestamp"],
    ["DATE '0001-02-03'", "0001-02-03", "date"],
    ["true", true, "boolean"],
    ["NULL", null, "integer"],
    ["'2026-01-02 03:04:05'", "2026-01-02 03:04:05", "text"],
    ["[1, NULL, 3]", "[1,null,3]", "text"],
    ["{a: 1, b: [DATE '2026-01-01']}", '{"a":1,"b":["2026-01-01"]}', "text"],
    ["MAP {'k': 1}", '{"k":1}', "text"],
    ["'ab'::BLOB", "6162", "text"],
    ["1::UTINYINT", 1, "integer"],
    ["1::USMALLINT", 1, "integer"],
    ["1::UINTEGER", 1, "integer"],
    ["18446744073709551615::UBIGINT", "18446744073709551615", "integer"],
    ["1::UHUGEINT", 1, "integer"],
    ["1::TINYINT", 1, "integer"],
    ["1::SMALLINT", 1, "integer"],
    ["0.5::FLOAT", 0.5, "float"],
    ["TIMESTAMP_S '2026-01-02 03:04:05'", "2026-01-02T03:04:05Z", "timestamp"],
    ["TIMESTAMP_MS '2026-01-02 03:04:05.5'", "2026-01-02T03:04:05.5Z", "timestamp"],
    ["TIME '03:04:05'", "03:04:05", "text"],
    ["'a'::ENUM('a', 'b')", "a", "text"],
    ["INTERVAL 1 DAY", "1 day", "text"],
    ["[1::INTEGER]::INTEGER[1]", "[1]", "text"],
    ["[DATE '2026-01-01']", '["2026-01-01"]', "text"],
  ])("%s", async (sql, cell, type) => {
    const result = await warehouse.query(`SELECT ${sql} AS v`);
    expect(result).toEqual({ columns: [{ name: "v", type }], rows: [[cell]] });
  });

  it("binds every kind of parameter, also to compare with times", async () => {
    const parameters = [3, 2.5, "a'b", true, null, 9007199254740991, 1e20, "2026-01-01T10:00:00Z"];
    const { rows } = await warehouse.query(
      "SELECT ?, ?, ?, ?, ?, ?, ?::DOUBLE, (SELECT count(*) FROM kinds WHERE tsz >= ?)",
      { parameters },
    );
    expect(rows).toEqual([[3, 2.5, "a'b", true, null, 9007199254740991, 1e20, 0]]);
  });

  it("prints zoned times in UTC on a machine in another zone", async () => {
    const script = `import { openDuckDbWarehouse } from ${JSON.stringify(path.resolve("lib/warehouse/index.ts"))};
      const w = await openDuckDbWarehouse({ path: ${JSON.stringify(mart)}, writableDirectories: [] });
      console.log(JSON.stringify((await w.query("SELECT tsz, tsz::VARCHAR, current_setting('TimeZone') FROM kinds WHERE id = 1")).rows));
      await w.close();`;
    const file = path.join(folder, "other-process.mts");
    await writeFile(file, script);
    const tsx = path.resolve("node_modules/.bin/tsx");
    const { stdout } = await promisify(execFile)(tsx, [file], {
      env: { ...process.env, TZ: "Asia/Kolkata" },
    });
    // The same file is open here all the while: two processes read it at once.
    expect(JSON.parse(stdout)).toEqual([["2026-01-01T04:30:00Z", "2026-01-01 04:30:00+00", "UTC"]]);
  });
});

describe("what a reader may not do", () => {
  it.each([
    "CREATE TABLE t (a INT)",
    "DELETE FROM kinds",
    "SET threads = 1",
    "SELECT 1; SELECT 2",
    "SELECT * FROM read_text('/etc/hosts')",
    "LOAD icu",
    "INSTALL httpfs",
    "ATTACH ':memory:' AS m",
    "COPY kinds TO 'x.parquet'",
    "CREATE TEMP TABLE t (a INT)",
    "PRAGMA enable_profiling",
    "SELEC 1",
    "",
  ])("%s", async (sql) => {
    await expect(warehouse.query(sql)).rejects.toMatchObject({ code: "QUERY_FAILED" });
  });

  it("keeps the engine's text in the cause only", async () => {
    const error = await warehouse.query("SELECT secret_column FROM kinds").catch((thrown) => thrown);
    expect(error).toMatchObject({ code: "QUERY_FAILED", details: { kind: "Binder" } });
    expect(error.message).not.toContain("secret_column");
    expect(String(error.cause)).toContain("secret_column");
  });

  it("writes nowhere but in the writable directories", async () => {
    for (const target of [path.join(folder, "x.parquet"), path.join(out, "..", "x.parquet")]) {
      await expect(warehouse.writeParquet("SELECT 1", target)).rejects.toMatchObject({
        code: "QUERY_FAILED",
      });
    }
    expect(await readdir(folder)).not.toContain("x.parquet");
  });
});

describe("Parquet", () => {
  const countNulls = async (table: string, names: string[]) => {
    const sql = names.map((name) => `count(*) - count("${name}")`).join(", ");
    return (await warehouse.query(`SELECT ${sql} FROM ${table}`)).rows[0];
  };

  it.each(["kinds", "nested", "(SELECT * FROM kinds WHERE id = 0)"])(
    "footer null counts of %s are the real ones",
    async (table) => {
      const file = await warehouse.writeParquet(`SELECT * FROM ${table}`, path.join(out, "t.parquet"));
      const names = file.columns.map(({ name }) => name);
      expect(file.columns.map(({ nullCount }) => nullCount)).toEqual(await countNulls(table, names));
      expect(file.rows).toBe((await warehouse.query(`SELECT count(*) FROM ${table}`)).rows[0]?.[0]);
    },
  );

  it("adds up several row groups", async () => {
    const file = await warehouse.writeParquet(
      "SELECT CASE WHEN i % 3 = 0 THEN i END AS a, NULL::TEXT AS b, i FROM range(300000) r(i)",
      path.join(out, "groups.parquet"),
    );
    expect(file.columns.map(({ nullCount }) => nullCount)).toEqual([200000, 300000, 0]);
  });

  it("writes an empty result, with its columns", async () => {
    const file = await warehouse.writeParquet("SELECT * FROM kinds WHERE false", path.join(out, "e.parquet"));
    expect(file.rows).toBe(0);
    expect(new Set(file.columns.map(({ nullCount }) => nullCount))).toEqual(new Set([0]));
    expect(file.columns.length).toBeGreaterThan(20);
  });

  it("writes 1,200 columns", async () => {
    const select = Array.from(
      { length: 1200 },
      (_, i) => `CASE WHEN id % ${i + 2} > 0 THEN id + ${i} END AS c${i}`,
    );
    const file = await warehouse.writeParquet(
      `SELECT ${select.join(", ")} FROM kinds`,
      path.join(out, "w.parquet"),
    );
    expect(file.columns).toHaveLength(1200);
    const multiplesBelow120 = select.map((_, i) => Math.floor(119 / (i + 2)) + 1);
    expect(file.columns.map(({ nullCount }) => nullCount)).toEqual(multiplesBelow120);
  });

  it("keeps metadata and takes parameters", async () => {
    const metadata = { stamp: "v2026.11", "a'b\"c": "it's {é}", empty: "" };
    const file = await warehouse.writeParquet(
      "SELECT * FROM kinds WHERE id < ? -- end",
      path.join(out, "m.parquet"),
      {
        metadata,
        parameters: [5],
      },
    );
    expect(file.rows).toBe(5);
    expect(file.metadata).toEqual(metadata);
  });

  it("leaves no file when it fails, and the earlier one when it cannot replace it", async () => {
    const target = path.join(out, "f.parquet");
    const failing = "SELECT CASE WHEN i = 290000 THEN error('no') ELSE i END AS a FROM range(300000) r(i)";
    await expect(warehouse.writeParquet(failing, target)).rejects.toMatchObject({ code: "QUERY_FAILED" });
    expect((await readdir(out)).filter((name) => name.startsWith("f."))).toEqual([]);
    await warehouse.writeParquet("SELECT 1 AS a", target);
    await expect(warehouse.writeParquet(failing, target)).rejects.toMatchObject({ code: "QUERY_FAILED" });
    expect((await readdir(out)).filter((name) => name.startsWith("f."))).toEqual(["f.parquet"]);
  });
});

describe("stopping", () => {
  const endless = "SELECT count(*) FROM range(10000000) a(i), range(10000000) b(j) WHERE i % 7 = j % 11";

  it("stops a running query, and no other", async () => {
    const control = new AbortController();
    const stopped = warehouse.query(endless, { signal: control.signal });
    const other = warehouse.query("SELECT sum(i) FROM range(20000000) r(i)");
    setTimeout(() => control.abort(), 100);
    await expect(stopped).rejects.toMatchObject({ code: "QUERY_CANCELLED" });
    expect((await other).rows).toEqual([[199999990000000]]);
  });

  it("stops one that was aborted before it began or in the same tick", async () => {
    await expect(warehouse.query(endless, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "QUERY_CANCELLED",
    });
    const control = new AbortController();
    const running = warehouse.query(endless, { signal: control.signal });
    control.abort();
    await expect(running).rejects.toMatchObject({ code: "QUERY_CANCELLED" });
  });

  it("leaves no file of a stopped write", async () => {
    const control = new AbortController();
    const target = path.join(out, "stopped.parquet");
    const writing = warehouse.writeParquet("SELECT i FROM range(100000000000) r(i)", target, {
      signal: control.signal,
    });
    setTimeout(() => control.abort(), 200);
    await expect(writing).rejects.toMatchObject({ code: "QUERY_CANCELLED" });
    expect((await readdir(out)).filter((name) => name.startsWith("stopped"))).toEqual([]);
  });
});

describe("limits", () => {
  it("reads no more of a result than it may take", async () => {
    const sql = "SELECT i, repeat('x', 90) FROM range(100000000) r(i)";
    const { rows, truncated, columns } = await warehouse.query(sql, { maximumBytes: 1000 });
    expect(columns.map(({ type }) => type)).toEqual(["integer", "text"]);
    expect(rows.map(([i]) => i)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(truncated).toBe(true);
    expect(await warehouse.query("SELECT 1 AS a", { maximumBytes: 1000 })).toEqual(
      await warehouse.query("SELECT 1 AS a"),
    );
  });

  it("fails where the memory does not do and nothing may go aside", async () => {
    const limits = { memoryLimit: "60MB", threads: 1, spill: false as const };
    const tight = await openDuckDbWarehouse({ path: null, writableDirectories: [out], ...limits });
    const sorted = "SELECT sum(x) FROM (SELECT lag(i) OVER (ORDER BY hash(i)) AS x FROM range(6000000) r(i))";
    await expect(tight.query(sorted)).rejects.toMatchObject({ details: { kind: "Out of Memory" } });
    await tight.close();
  });
});
