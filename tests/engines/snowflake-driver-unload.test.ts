import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { contentHash } from "@/lib/export/content-hash";
import { type ObjectStore, s3Store } from "@/lib/objects";
import { openDuckDbWarehouse, type Warehouse } from "@/lib/warehouse";
import { openSnowflakeWarehouse } from "@/lib/warehouse/snowflake";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import type { SnowflakeServer } from "./support/emulator";
import { describeWith, freshS3, freshSnowflake } from "./support/engines";
import { changedJson, type FaultProxy, startFaultProxy } from "./support/fault-proxy";
import { fileJournal } from "./support/file-journal";
import type { S3Server } from "./support/object-server";
import { s3SettingsOf } from "./support/s3-store";
import { handedOver, impatient, memoryJournal, settingsFor } from "./support/snowflake-driver";

const context = { user: "u1", conversation: "c1", run: "r1" };
const copies = /^COPY INTO/;

describeWith(["snowflake", "s3"], "a matrix out of Snowflake", () => {
  let server: SnowflakeServer;
  let bucket: S3Server;
  let proxy: FaultProxy;
  let folder: string;
  let scratch: string;
  let store: ObjectStore;
  let warehouse: Warehouse;
  let embedded: Warehouse;

  beforeAll(async () => {
    folder = await temporaryFolder();
    bucket = await freshS3();
    server = await freshSnowflake({ s3: bucket, args: ["--hold-seconds", "1"] });
    proxy = await startFaultProxy(server.url);
  });

  beforeEach(async () => {
    scratch = path.join(folder, "scratch");
    await mkdir(scratch);
    store = s3Store(s3SettingsOf(bucket, { prefix: "team/matrices" }));
    warehouse = await open();
    embedded = await openDuckDbWarehouse({ path: null, writableDirectories: [scratch] });
  });

  afterEach(async () => {
    proxy.plan();
    await Promise.all([warehouse.close(), embedded.close()]);
    await rm(scratch, { recursive: true });
  });

  afterAll(async () => {
    await proxy?.stop();
    await Promise.all([server?.stop(), bucket?.stop()]);
    await rm(folder, { recursive: true, force: true });
  });

  const open = (changes: { storageIntegration?: string; objects?: ObjectStore } = {}) =>
    openSnowflakeWarehouse({
      settings: settingsFor(proxy.url, { storageIntegration: changes.storageIntegration ?? null }),
      ...{ schema: "FEATURE_MART", scratchDirectory: scratch, patience: impatient },
      objects: changes.objects ?? store,
    });

  const target = () => path.join(scratch, "matrix.parquet");

  /** Nothing but these files is left: in the scratch directory, and of what passed through the bucket. */
  async function expectLeft(...names: string[]) {
    expect((await readdir(scratch)).filter((name) => !name.startsWith(".spill"))).toEqual(names);
    for (const { sqlText } of await handedOver(server.url, copies)) {
      const [, key = ""] = /^COPY INTO 's3:\/\/[^/]+\/team\/matrices\/([^']+)'/.exec(sqlText) ?? [];
      expect(key).toMatch(/^unload\/[\w-]+\/rows\.parquet$/);
      expect(await store.exists(key)).toBe(false);
    }
  }

  it("is the file that the embedded engine writes: types, nulls, metadata, order, content", async () => {
    const rows = (
      seconds: string,
    ) => `SELECT N AS "key", CASE WHEN MOD(N, 3) > 0 THEN N * 1000000000000 END AS BIG,
        CAST(CASE WHEN MOD(N, 7) > 0 THEN N END AS FLOAT) / 8 AS PART, CAST(N AS DECIMAL(12, 3)) AS MONEY,
        CASE WHEN MOD(N, 5) > 0 THEN 'it''s ' || N END AS "some text", MOD(N, 2) = 0 AS FLAG,
        CAST('2026-01-01' AS DATE) AS DAY, CAST('2026-01-01 10:00:00.000001' AS TIMESTAMP) ${seconds} AS AT,
        CAST(NULL AS INTEGER) AS NONE
      FROM numbers -- the last line's comment (with a parenthesis
      ORDER BY N DESC;`;
    const own = rows("+ N * INTERVAL '1 second'").replace(
      "FROM numbers",
      "FROM (SELECT range AS N FROM range(30000))",
    );
    const its = rows("+ N * INTERVAL '1 second'").replace(
      "FROM numbers",
      "FROM (SELECT SEQ4() AS N FROM TABLE(GENERATOR(ROWCOUNT => 30000)))",
    );
    const metadata = { stamp: "v2026.11", "it's": "so" };
    const constants = { STAMP: "it's v2026.11" };
    const expected = await embedded.writeParquet(own, path.join(scratch, "own.parquet"), {
      ...{ metadata, constants },
    });
    const written = await warehouse.forRun(context).writeParquet(its, target(), { metadata, constants });
    expect({ ...written, bytes: 0 }).toEqual({ ...expected, bytes: 0, path: target() });
    expect(await contentHash(warehouse, written)).toBe(await contentHash(embedded, expected));
    await expectLeft("matrix.parquet", "own.parquet");
    const [copy] = await handedOver(server.url, copies);
    expect(JSON.parse(copy?.parameters.QUERY_TAG ?? "")).toEqual(context);
    expect(copy?.sqlText).not.toContain("STORAGE_INTEGRATION");
  });

  it.each([
    ["in order", (from: string) => from],
    ["mixed up", (from: string) => `${from} ORDER BY hash("key")`],
  ])("has its rows in order by their numbers where the service wrote them %s", async (_, as) => {
    const rows = (from: string) =>
      `SELECT N AS "key", 'row ' || N AS NOTE, N * 3 AS "the number" FROM ${from} ORDER BY "the number"`;
    const rewriting: ObjectStore = {
      ...store,
      getFile: async (key, file) => {
        await store.getFile(key, `${file}.came`);
        await embedded.writeParquet(as(`SELECT * FROM read_parquet('${file}.came')`), file);
        await rm(`${file}.came`);
      },
    };
    const other = await open({ objects: rewriting });
    const its = rows("(SELECT SEQ4() AS N FROM TABLE(GENERATOR(ROWCOUNT => 20000)))");
    const constants = { STAMP: "v2026.11" };
    const written = await other.writeParquet(its, target(), { constants, rowNumber: "the number" });
    const own = rows("(SELECT range AS N FROM range(20000))");
    const expected = await embedded.writeParquet(
      `SELECT * EXCLUDE ("the number") FROM (${own})`,
      path.join(scratch, "own.parquet"),
      { constants },
    );
    expect(written.columns.map(({ name }) => name)).toEqual(["key", "NOTE", "STAMP"]);
    expect(await contentHash(other, written)).toBe(await contentHash(embedded, expected));
    await other.close();
    await expectLeft("matrix.parquet", "own.parquet");
  });

  it("may have no rows, and is then of the declared types", async () => {
    const written = await warehouse.writeParquet(
      "SELECT 1 AS A, 'x' AS B, 1.5::NUMBER(5, 2) AS C, CURRENT_DATE AS D, 1 AS E WHERE 1 = 0",
      target(),
      { rowNumber: "E" },
    );
    expect(written.columns.map(({ name, type, nullCount }) => [name, type, nullCount])).toEqual([
      ...[
        ["A", "integer", 0],
        ["B", "text", 0],
        ["C", "decimal", 0],
        ["D", "date", 0],
      ],
    ]);
    expect(written.rows).toBe(0);
    await expectLeft("matrix.parquet");
  });

  it("has zoned timestamps in UTC, and whole numbers beyond 64 bits as decimals", async () => {
    const written = await warehouse.writeParquet(
      `SELECT '2026-07-01 10:00:00 +05:30'::TIMESTAMP_TZ AS AT, 170141183460469231731687303715884105 AS WIDE,
         5::NUMBER(38, 0) AS SMALL`,
      target(),
    );
    expect(written.columns.map(({ type }) => type)).toEqual(["timestamp", "decimal", "integer"]);
    expect((await warehouse.queryFiles(`FROM '${target()}'`)).rows).toEqual([
      ["2026-07-01T04:30:00Z", "170141183460469231731687303715884105", 5],
    ]);
  });

  it("names the storage integration where there is one", async () => {
    const other = await open({ storageIntegration: "FEATURE_BUCKET" });
    await other.writeParquet("SELECT 'integrated' AS X", target());
    const [copy] = await handedOver(server.url, /^COPY INTO[\s\S]*'integrated'/);
    expect(copy?.sqlText).toMatch(/^STORAGE_INTEGRATION = FEATURE_BUCKET$/m);
    await other.close();
  });

  it("is nothing where the service unloaded another number of rows than arrived", async () => {
    const more = changedJson(({ data }) => {
      const { rowtype, rowset } = data as { rowtype: { name: string }[]; rowset: string[][] };
      if (rowtype[0]?.name === "rows_unloaded" && rowset[0]) rowset[0][0] = "4";
    });
    proxy.plan({ on: /\/result/, fault: more });
    await expect(warehouse.writeParquet("SELECT 1 AS A", target())).rejects.toMatchObject({
      ...{ code: "RESULT_INCOMPLETE", details: { expected: 4, received: 1 } },
    });
    await expectLeft();
  });

  it("is nothing where the query, the bucket or a stop prevents it", async () => {
    await expect(warehouse.writeParquet("SELECT NOPE FROM NOWHERE", target())).rejects.toMatchObject({
      code: "WAREHOUSE_DENIED",
    });
    await expect(warehouse.writeParquet("SELECT 1 / (SEQ4() - SEQ4()) AS A", target())).rejects.toMatchObject(
      {
        code: "QUERY_FAILED",
      },
    );
    const away = await open({
      objects: {
        ...s3Store({ ...s3SettingsOf(bucket, { prefix: "team/matrices" }), endpoint: "http://127.0.0.1:9" }),
        locate: store.locate,
      },
    });
    await expect(away.writeParquet("SELECT 1 AS A", target())).rejects.toMatchObject({
      code: "OBJECT_STORE_UNAVAILABLE",
    });
    await away.close();
    await store.removeAll("unload");
    const stop = new AbortController();
    const running = warehouse.writeParquet("SELECT 'stopped', SYSTEM$WAIT(60)", target(), {
      signal: stop.signal,
    });
    running.catch(() => {});
    await expect.poll(() => handedOver(server.url, /^COPY INTO[\s\S]*'stopped'/)).toHaveLength(1);
    stop.abort();
    await expect(running).rejects.toMatchObject({ code: "QUERY_CANCELLED" });
    expect(await handedOver(server.url, /^COPY INTO[\s\S]*'stopped'/)).toMatchObject([
      { status: "FAILED_WITH_ERROR" },
    ]);
    expect((await readdir(scratch)).filter((name) => !name.startsWith(".spill"))).toEqual([]);
  });

  it("lets go of who stops it while the bucket is silent", async () => {
    const before = await startFaultProxy(bucket.url);
    before.plan({ on: /rows\.parquet/, fault: { kind: "silence" } });
    const slow = await open({
      objects: s3Store({ ...s3SettingsOf(bucket, { prefix: "team/matrices" }), endpoint: before.url }),
    });
    const stop = new AbortController();
    const running = slow.writeParquet("SELECT 1 AS A", target(), { signal: stop.signal });
    running.catch(() => {});
    await expect.poll(() => before.seen.length, { timeout: 10_000 }).toBeGreaterThan(0);
    stop.abort();
    const heard = await Promise.race([running.catch((error) => error), delay(2500, "not let go")]);
    expect(heard).toMatchObject({ code: "QUERY_CANCELLED" });
    await slow.close();
    await before.stop();
    await store.removeAll("unload");
  });

  it("is unloaded again where a run remembers the query but the file is gone", async () => {
    const run = warehouse.forRun({ ...context, journal: memoryJournal() });
    for (const _ of ["first", "again"]) {
      expect(await run.writeParquet("SELECT 'again' AS A", target())).toMatchObject({ rows: 1 });
    }
    const twice = await handedOver(server.url, /^COPY INTO[\s\S]*'again'/);
    expect(twice).toHaveLength(2);
    expect(new Set(twice.map(({ sqlText }) => sqlText)).size).toBe(1);
    await expectLeft("matrix.parquet");
  });

  it("is waited for by the process that follows one that was killed", async () => {
    const sql = "SELECT 'survivor' AS WHO, SYSTEM$WAIT(12) AS WAITED";
    const journal = path.join(folder, "journal");
    const given = { url: proxy.url, s3: s3SettingsOf(bucket, { prefix: "team/matrices" }), folder: scratch };
    const child = spawn(
      process.execPath,
      [
        "--import",
        "tsx",
        "tests/engines/support/unload-and-die.ts",
        JSON.stringify({ ...given, context, journal, sql }),
      ],
      { stdio: "inherit" },
    );
    const survivor = /^COPY INTO[\s\S]*'survivor'/;
    const begun = async () => {
      const [copy] = await handedOver(server.url, survivor);
      return copy !== undefined && (await fileJournal(journal).ids()).includes(copy.id);
    };
    await expect.poll(begun, { timeout: 60_000 }).toBe(true);
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(await handedOver(server.url, survivor)).toMatchObject([{ status: "RUNNING" }]);

    const written = await warehouse
      .forRun({ ...context, journal: fileJournal(journal) })
      .writeParquet(sql, target());
    expect(written).toMatchObject({ rows: 1 });
    expect((await warehouse.queryFiles(`SELECT WHO FROM '${target()}'`)).rows).toEqual([["survivor"]]);
    expect(await handedOver(server.url, survivor)).toMatchObject([{ status: "SUCCESS" }]);
    await expectLeft("matrix.parquet");
  });
});
