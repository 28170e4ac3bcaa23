import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { featureSetHash } from "@/lib/feature-set";
import { compilePlan } from "@/lib/sql";
import { openDuckDbWarehouse, openDuckDbWriter } from "@/lib/warehouse";
import { createExportMart, type ExportMart } from "@/tests/fixtures/export-mart";
import { type Manifest, publishExport, replayManifest } from "./index";

let mart: ExportMart;
let manifest: Manifest;

beforeAll(async () => {
  mart = await createExportMart();
  const sql = {
    duckdb: compilePlan(mart.plan, "duckdb").matrixSql,
    snowflake: compilePlan(mart.plan, "snowflake").matrixSql,
  };
  ({ manifest } = await publishExport({ ...mart, sql, approvalId: "approval-1", approvedBy: "viewer-1" }));
});
afterAll(() => mart.close());

const openMart = async (name: string, { stamp }: { stamp: string }) => {
  expect([name, stamp]).toEqual(["export-mart", "v2026.11"]);
  return mart;
};

/** As it comes from a file, with one thing changed. */
function edited(edit: (manifest: Manifest) => void): unknown {
  const copy: Manifest = structuredClone(manifest);
  edit(copy);
  return JSON.parse(JSON.stringify(copy));
}

describe("replay", () => {
  it("makes the same data again", async () => {
    const replay = await replayManifest({ manifest: edited(() => {}), openMart });
    expect(replay).toMatchObject({ rows: 50, columns: 5, contentHash: manifest.data.contentHash, notes: [] });
    const rows = await mart.warehouse.query(`SELECT * FROM read_parquet('${replay.path}') LIMIT 2`);
    expect(rows.rows).toEqual([
      [1, "NULL", 1.5, "0.25", "v2026.11"],
      [2, null, 3, "0.50", "v2026.11"],
    ]);
  });

  it("puts the file where it is wanted, outside of what the engine may write", async () => {
    const out = path.join(mart.folder, "replayed.parquet");
    expect((await replayManifest({ manifest, openMart, out })).path).toBe(out);
    expect((await stat(out)).size).toBeGreaterThan(100);
  });

  it("notes another registry and engine where the data are the same", async () => {
    const registry = { ...mart.registry, contentHash: "0".repeat(64) };
    const { notes } = await replayManifest({
      manifest: edited(({ engine }) => {
        engine.version = "v0.1";
      }),
      openMart: async () => ({ ...mart, registry }),
    });
    expect(notes).toEqual(["the mart's registry has changed", expect.stringContaining("was duckdb v0.1")]);
  });
});

describe("a manifest that was tampered with", () => {
  let before: string[];
  beforeEach(async () => {
    before = await readdir(mart.scratchDirectory);
  });

  it.each<[string, (manifest: Manifest) => void, string]>([
    ["feature set", ({ featureSet }) => featureSet.selections.pop(), "feature set was edited"],
    [
      "mart",
      (m) => {
        m.mart = "another";
      },
      "feature set was edited",
    ],
    ["plan", ({ plan }) => plan.joins.pop(), "plan was edited"],
    [
      "SQL",
      ({ sql }) => {
        sql.duckdb.text = "SELECT 1";
      },
      "SQL was edited",
    ],
    [
      "content hash",
      ({ data }) => {
        data.contentHash = "0".repeat(64);
      },
      "another content hash",
    ],
    [
      "rows",
      ({ data }) => {
        data.rows = 49;
      },
      "50 rows instead of 49",
    ],
    [
      "feature set and its hash",
      (m) => {
        m.featureSet.selections = m.featureSet.selections.slice(0, 1);
        m.featureSetHash = featureSetHash(m.featureSet);
      },
      "columns that are gone: INCOME, RENT",
    ],
  ])("%s", async (_, edit, difference) => {
    await expect(replayManifest({ manifest: edited(edit), openMart })).rejects.toMatchObject({
      code: "REPLAY_MISMATCH",
      message: expect.stringContaining(difference),
    });
    expect(await readdir(mart.scratchDirectory)).toEqual(before);
  });

  it.each<[string, unknown]>([
    ["nothing", null],
    ["text", "manifest"],
    ["another version", { version: 2 }],
    [
      "a stamp that is a path",
      edited.bind(null, (m) => {
        m.stamp = "../../etc";
      }),
    ],
  ])("%s is no manifest", async (_, value) => {
    const given = typeof value === "function" ? value() : value;
    await expect(replayManifest({ manifest: given, openMart })).rejects.toMatchObject({ code: "BAD_INPUT" });
  });
});

it("tells which columns differ when the mart was built anew with other data", async () => {
  const file = path.join(mart.folder, "changed.duckdb");
  const writer = await openDuckDbWriter(file);
  await writer.run(`ATTACH '${mart.martFile}' AS old (READ_ONLY);
    CREATE TABLE SELLERS AS FROM old.SELLERS; CREATE TABLE CITY_FEATURES AS FROM old.CITY_FEATURES WHERE CITY_ID > 0`);
  await writer.close();
  const warehouse = await openDuckDbWarehouse({ path: file, writableDirectories: [mart.scratchDirectory] });
  await expect(
    replayManifest({ manifest, openMart: async () => ({ ...mart, warehouse }) }),
  ).rejects.toMatchObject({
    code: "REPLAY_MISMATCH",
    message: expect.stringContaining("columns with another number of nulls: INCOME, RENT"),
  });
  await warehouse.close();
});
