import { spawn } from "node:child_process";
import { randomInt, randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { MartCatalog } from "@/lib/mart/catalog";
import { buildFileOf, placeOf } from "@/lib/mart/layout";
import { snowflakeMarts } from "@/lib/mart/snowflake";
import type { ObjectStore } from "@/lib/objects";
import { registryTableNames } from "@/lib/registry";
import { openDuckDbWriter, quoteText } from "@/lib/warehouse";
import { openSnowflakeSession, type SnowflakeSession } from "@/lib/warehouse/snowflake";
import { temporaryFolder } from "../support/temporary-folder";
import { buildThings } from "../support/things-mart";
import { describeWith, freshS3, freshSnowflake } from "./support/engines";
import { bucketJudge } from "./support/s3-store";
import { settingsOf } from "./support/small-snowflake-mart";

describeWith(["snowflake", "s3"], "publishing to Snowflake", () => {
  let environment: Record<string, string>;
  let dataDir: string;
  let marts: MartCatalog;
  let session: SnowflakeSession;
  let judge: ReturnType<typeof bucketJudge>;
  const stops: (() => Promise<void>)[] = [];
  const place = () => placeOf("things", dataDir);

  beforeAll(async () => {
    const s3 = await freshS3();
    const snowflake = await freshSnowflake({ s3 });
    dataDir = await temporaryFolder();
    environment = { ...s3.settings, ...snowflake.settings, DATA_DIR: dataDir };
    const { settings, objects } = settingsOf(environment);
    marts = snowflakeMarts(settings, objects);
    session = await openSnowflakeSession(settings);
    judge = bucketJudge(s3);
    stops.push(snowflake.stop, s3.stop);
  });
  afterAll(async () => {
    await session.close();
    await marts.close();
    judge.close();
    for (const stop of stops) await stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  it("knows no mart before the first", async () => {
    expect(await marts.list()).toEqual([]);
    expect(await marts.current(place())).toBeNull();
    await expect(marts.find(place())).rejects.toMatchObject({ code: "MART_UNKNOWN" });
  });

  it("makes a new stamp current at once, keeps the old, and makes no old one current by building it again", async () => {
    await publish("v2026.10", 1);
    expect(await things()).toBe(1);
    await publish("v2026.11", 2);
    expect(await things()).toBe(2);
    expect(await things("v2026.10")).toBe(1);
    await publish("v2026.10", 10);
    expect(await marts.list()).toEqual([{ name: "things", stamp: "v2026.11" }]);
    expect([await things(), await things("v2026.10")]).toEqual([2, 10]);
    await expect(marts.find(place(), "v2025.01")).rejects.toThrow("has no stamp v2025.01");
  });

  it("lets a reader go on with the build before, and drops those before that", async () => {
    const held = await (await marts.find(place(), "v2026.11")).open(dataDir);
    const count = async () => (await held?.warehouse.query("SELECT count(*) FROM THINGS"))?.rows[0]?.[0];
    await publish("v2026.11", 3);
    expect([await things(), await count()]).toEqual([3, 2]);
    await publish("v2026.11", 4);
    expect(await things()).toBe(4);
    await expect(count()).rejects.toMatchObject({ code: "WAREHOUSE_DENIED" });
    await held?.warehouse.close();
    expect(await buildsLeft()).toHaveLength(4);
  });

  it("publishes both of two at once, one after the other", async () => {
    await Promise.all([publish("v2026.11", 5), publish("v2026.11", 6)]);
    expect([5, 6]).toContain(await things());
    expect(await stagedFiles()).toEqual([]);
    // What both of them tried to clear away, and one may have kept from the other, the next clears away.
    await publish("v2026.11", 9);
    expect(await buildsLeft()).toHaveLength(4);
  });

  it.each([
    ["rows are missing", (file: string) => `SELECT * FROM read_parquet(${quoteText(file)}) LIMIT 3`],
    [
      "values are missing",
      (file: string) => `SELECT CAST(NULL AS BIGINT) AS ID FROM read_parquet(${quoteText(file)})`,
    ],
  ])("refuses what was loaded where %s, and leaves what was current", async (_what, damaged) => {
    const before = await things();
    const { settings, objects } = settingsOf(environment);
    const damaging = snowflakeMarts(settings, damage(objects, "ID", damaged));
    await expect(publish("v2026.11", 7, {}, damaging)).rejects.toMatchObject({
      code: "RESULT_INCOMPLETE",
      details: { table: "THINGS", rows: 7 },
    });
    await damaging.close();
    expect(await things()).toBe(before);
    expect(await buildsLeft()).toHaveLength(4);
    expect(await stagedFiles()).toEqual([]);
  });

  it("refuses a registry that does not come back as it was", async () => {
    const before = await things();
    const { settings, objects } = settingsOf(environment);
    const damaging = snowflakeMarts(
      settings,
      damage(
        objects,
        "FEATURE_NAME",
        (file) => `SELECT * REPLACE ('changed' AS DESCRIPTION) FROM read_parquet(${quoteText(file)})`,
      ),
    );
    await expect(publish("v2026.11", 7, {}, damaging)).rejects.toMatchObject({ code: "MART_DAMAGED" });
    await damaging.close();
    expect(await things()).toBe(before);
    expect(await buildsLeft()).toHaveLength(4);
  });

  it("stops when it is told to, and clears away", async () => {
    const before = await things();
    const stopping = new AbortController();
    const options = { signal: stopping.signal, onTable: () => stopping.abort() };
    await expect(publish("v2026.11", 8, options)).rejects.toMatchObject({ code: "QUERY_CANCELLED" });
    expect(await things()).toBe(before);
    expect(await buildsLeft()).toHaveLength(4);
  });

  it("shows the old mart or the new one, wherever a publisher is killed", async () => {
    let shown = await things();
    const outcomes: string[] = [];
    for (const [round, loading] of [1, 3, 5, 7, 8].entries()) {
      const rows = 100 + round;
      outcomes.push(await killWhile("v2026.11", rows, loading));
      const now = await things();
      expect([shown, rows]).toContain(now);
      shown = now;
    }
    expect(outcomes).toContain("killed");
    const { settings, objects } = settingsOf(environment);
    const strict = snowflakeMarts(settings, objects, { keepUnpublished: 0 });
    await publish("v2026.11", 200, {}, strict);
    await strict.close();
    expect(await things()).toBe(200);
    expect(await buildsLeft()).toHaveLength(4);
    expect(await stagedFiles()).toEqual([]);
  });

  it("keeps the rows of published builds alone", async () => {
    const { rows } = await session.query("SELECT BUILD FROM FEATURE_MART.MART_BUILDS");
    const published = rows.map(([build]) => build);
    for (const table of registryTableNames) {
      const { rows: builds } = await session.query(`SELECT DISTINCT BUILD FROM FEATURE_MART.${table}`);
      for (const [build] of builds) expect(published).toContain(build);
    }
  });

  async function publish(stamp: string, rows: number, options = {}, to = marts): Promise<void> {
    const file = buildFileOf(place(), stamp);
    await buildThings(file, stamp, rows);
    await to.publish(place(), stamp, file, options).finally(() => rm(file));
  }

  /** What a reader counts in the current mart, or in that of a stamp. */
  async function things(stamp?: string): Promise<unknown> {
    const opened = await (await marts.find(place(), stamp)).open(dataDir);
    const count = (await opened?.warehouse.query('SELECT count(*) FROM "THINGS"'))?.rows[0]?.[0];
    await opened?.warehouse.close();
    expect(opened?.registry.tables[0]?.rowCount).toBe(count);
    return count;
  }

  async function buildsLeft(): Promise<string[]> {
    const { rows } = await session.query("SELECT SCHEMA_NAME FROM ANALYTICS_DB.INFORMATION_SCHEMA.SCHEMATA");
    return rows.map(([name]) => String(name)).filter((name) => name.startsWith("FEATURE_MART__THINGS__"));
  }

  async function stagedFiles(): Promise<string[]> {
    return judge.keys("marts/things/");
  }

  /** A store into which every file with this column is put damaged. */
  function damage(store: ObjectStore, column: string, damaged: (file: string) => string): ObjectStore {
    return {
      ...store,
      putFile: async (key, file) => {
        const writer = await openDuckDbWriter(path.join(dataDir, `damage-${randomUUID()}.duckdb`));
        try {
          const { columns } = await writer.query(`SELECT * FROM read_parquet(${quoteText(file)}) LIMIT 0`);
          if (columns.some(({ name }) => name === column)) {
            await writer.run(`COPY (${damaged(file)}) TO ${quoteText(`${file}.damaged`)} (FORMAT parquet)`);
            return store.putFile(key, `${file}.damaged`);
          }
        } finally {
          await writer.close();
        }
        return store.putFile(key, file);
      },
    };
  }

  /** Publishes in a process that is killed a moment after it began to load its nth table. */
  async function killWhile(stamp: string, rows: number, nth: number): Promise<"killed" | "published"> {
    const script = path.join(import.meta.dirname, "..", "fixtures", "publish-things.ts");
    const child = spawn(process.execPath, ["--import", "tsx", script, stamp, String(rows)], {
      env: { ...process.env, ...environment },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const closed = new Promise((resolve) => child.once("close", resolve));
    let said = "";
    child.stdout.on("data", async (data: Buffer) => {
      const before = said.split("loading").length - 1;
      said += data;
      if (before < nth && said.split("loading").length - 1 >= nth) {
        await sleep(randomInt(600));
        child.kill("SIGKILL");
      }
    });
    await closed;
    return said.includes("published") ? "published" : "killed";
  }
});
