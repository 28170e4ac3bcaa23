import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type DuckDbWriter, openDuckDbWarehouse, openDuckDbWriter } from "./index";

let folder: string;
let writer: DuckDbWriter;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "writer-"));
  writer = await openDuckDbWriter(path.join(folder, "new.duckdb"));
  await writer.run(
    "CREATE TABLE t (i INTEGER, d DECIMAL(9,2), ts TIMESTAMP, dt DATE, b BOOLEAN, s TEXT, f DOUBLE)",
  );
});
afterAll(async () => {
  await writer.close();
  await writer.close();
  await rm(folder, { recursive: true, force: true });
});

it("appends rows of every type", async () => {
  const row = [7, 1.25, "2026-01-01T10:00:00.000001Z", "2026-02-03", true, "é'", 0.5];
  expect(await writer.appendRows("t", [row, row.map(() => null)])).toBe(2);
  const { rows } = await writer.query("SELECT * FROM t WHERE i = ?", [7]);
  expect(rows).toEqual([[7, "1.25", "2026-01-01T10:00:00.000001Z", "2026-02-03", true, "é'", 0.5]]);
});

it("lets others have a turn while it appends rows that are all at hand", async () => {
  await writer.run("CREATE TABLE many (i INTEGER)");
  const turns: number[] = [];
  function* rows() {
    for (let i = 0; i < 25_000; i++) {
      if (i % 10_000 === 0) setImmediate(() => turns.push(i));
      yield [i];
    }
  }
  const seen = writer.appendRows("many", rows()).then(() => turns.length);
  expect(await seen).toBeGreaterThanOrEqual(2);
  expect((await writer.query("SELECT count(DISTINCT i) FROM many")).rows).toEqual([[25_000]]);
});

it("refuses rows that do not fit, keeping none of them", async () => {
  const [before] = (await writer.query("SELECT count(*) FROM t")).rows;
  const good = [1, 1, null, null, null, null, null];
  for (const bad of [[1], ["x", 1, null, null, null, null, null]]) {
    await expect(writer.appendRows("t", [good, bad])).rejects.toMatchObject({ code: "QUERY_FAILED" });
  }
  expect((await writer.query("SELECT count(*) FROM t")).rows[0]).toEqual(before);
});

it("reads files by path and is alone on its file", async () => {
  const csv = path.join(folder, "in.csv");
  await writeFile(csv, "a,b\n1,x\n2,\n");
  expect((await writer.query("SELECT count(b) FROM read_csv(?)", [csv])).rows).toEqual([[1]]);
  await expect(openDuckDbWriter(path.join(folder, "new.duckdb"))).rejects.toMatchObject({
    code: "MART_DAMAGED",
  });
  await expect(
    openDuckDbWarehouse({ path: path.join(folder, "new.duckdb"), writableDirectories: [] }),
  ).rejects.toMatchObject({ code: "MART_DAMAGED" });
});
