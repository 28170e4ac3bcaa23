import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { openDuckDbWarehouse, openDuckDbWriter, type Warehouse } from "./index";

let folder: string;
let out: string;
let mart: string;
/** Has the mart open all the while. */
let warehouse: Warehouse;

beforeAll(async () => {
  folder = await temporaryFolder();
  out = path.join(folder, "o'ut");
  mart = path.join(folder, "mart.duckdb");
  await mkdir(out);
  await (await openDuckDbWriter(mart)).close();
  warehouse = await openDuckDbWarehouse({ path: mart, writableDirectories: [out] });
});

afterAll(async () => {
  await warehouse.close();
  await rm(folder, { recursive: true, force: true });
});

it("says that a missing or damaged file must be rebuilt", async () => {
  const damaged = path.join(folder, "damaged.duckdb");
  await writeFile(damaged, "not a database at all");
  for (const file of [damaged, path.join(folder, "none.duckdb")]) {
    await expect(openDuckDbWarehouse({ path: file, writableDirectories: [] })).rejects.toMatchObject({
      code: "MART_DAMAGED",
    });
  }
});

it("shares one instance, which stays open until the last user closes", async () => {
  const [second, third] = await Promise.all(
    [1, 2].map(() => openDuckDbWarehouse({ path: mart, writableDirectories: [out] })),
  );
  await second?.close();
  await second?.close();
  expect((await third?.query("SELECT 1"))?.rows).toEqual([[1]]);
  await third?.close();
  expect((await warehouse.query("SELECT 1")).rows).toEqual([[1]]);
});

it("stays open for one who opens while the last user closes", async () => {
  const file = path.join(folder, "race.duckdb");
  await (await openDuckDbWriter(file)).close();
  const open = () => openDuckDbWarehouse({ path: file, writableDirectories: [out] });
  for (let round = 0; round < 20; round++) {
    const first = await open();
    const [second] = await Promise.all([open(), first.close()]);
    expect((await second.query("SELECT 1")).rows).toEqual([[1]]);
    await second.close();
  }
});

it("refuses other writable directories while it is open", async () => {
  await expect(openDuckDbWarehouse({ path: mart, writableDirectories: [folder] })).rejects.toMatchObject({
    code: "INTERNAL",
  });
  expect((await warehouse.query("SELECT 1")).rows).toEqual([[1]]);
});

it("reads further files by their names, and reaches no other", async () => {
  const one = path.join(folder, "one.duckdb");
  const other = path.join(folder, "it's another.duckdb");
  for (const file of [one, other]) {
    const writer = await openDuckDbWriter(file);
    await writer.run(`create table t as select ${file === one ? 1 : 2} as a`);
    await writer.close();
  }
  const open = (attached: Record<string, string>) =>
    openDuckDbWarehouse({ path: one, writableDirectories: [], attached });
  const both = await open({ before: other });
  try {
    const { rows } = await both.query('select t.a, b.a from t, "before".main.t b');
    expect(rows).toEqual([[1, 2]]);
    await expect(both.query(`from '${mart}'`)).rejects.toMatchObject({ code: "QUERY_FAILED" });
    await expect(open({ before: mart })).rejects.toMatchObject({ code: "INTERNAL" });
  } finally {
    await both.close();
  }
  const none = path.join(folder, "none.duckdb");
  await expect(open({ before: none })).rejects.toMatchObject({ code: "MART_DAMAGED" });
});

it("sees a mart that was built again under the same name", async () => {
  const file = path.join(folder, "again.duckdb");
  const build = async (target: string, value: number) => {
    const writer = await openDuckDbWriter(target);
    await writer.run(`CREATE TABLE t AS SELECT ${value} AS v`);
    await writer.close();
  };
  await build(file, 1);
  const before = await openDuckDbWarehouse({ path: file, writableDirectories: [] });
  await build(`${file}.new`, 2);
  await rename(`${file}.new`, file);
  const after = await openDuckDbWarehouse({ path: file, writableDirectories: [] });
  expect((await before.query("SELECT v FROM t")).rows).toEqual([[1]]);
  expect((await after.query("SELECT v FROM t")).rows).toEqual([[2]]);
  await Promise.all([before.close(), after.close()]);
});

it("opens without a file: no tables, no other folder than the writable ones, no setting to change", async () => {
  const empty = await openDuckDbWarehouse({ path: null, writableDirectories: [out] });
  expect((await empty.query("SELECT ? + 1", { parameters: [41] })).rows).toEqual([[42]]);
  expect((await empty.query("SELECT count(*) FROM duckdb_tables()")).rows).toEqual([[0]]);
  await empty.writeParquet("SELECT 1 AS a", path.join(out, "one.parquet"));
  const read = await empty.queryFiles(`FROM '${path.join(out, "one.parquet").replaceAll("'", "''")}'`);
  expect(read.rows).toEqual([[1]]);
  for (const sql of [`FROM '${folder}/*.csv'`, "SET threads = 4"]) {
    await expect(empty.query(sql)).rejects.toMatchObject({ code: "QUERY_FAILED" });
  }
  await empty.close();
});
