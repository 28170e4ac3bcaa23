import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AppError } from "@/lib/errors";
import type { ObjectStore } from "@/lib/objects";
import { openDuckDbWriter } from "@/lib/warehouse";
import { createExportMart, type ExportMart } from "@/tests/fixtures/export-mart";
import {
  type ExportRequest,
  findPublished,
  type PublishedExport,
  parseManifest,
  publishExport,
} from "./index";

let mart: ExportMart;
let request: ExportRequest;

beforeEach(async () => {
  mart = await createExportMart();
  request = { ...mart, approvalId: "approval-1", approvedBy: "viewer-1", questionHash: "q" };
});
afterEach(() => mart.close());

const keyOf = (published: PublishedExport, kind: string) =>
  published.files.find((file) => file.kind === kind)?.key ?? "";

/** Reads with an engine of its own, from the published file. */
async function readMatrix(published: PublishedExport, sql: string) {
  const reader = await openDuckDbWriter(path.join(mart.folder, `reader-${Math.random()}.duckdb`));
  try {
    return (await reader.query(sql, [mart.store.locate(keyOf(published, "matrix"))])).rows;
  } finally {
    await reader.close();
  }
}

describe("what is published", () => {
  it("is a matrix with the stamp on every row, in order, and in its metadata", async () => {
    const published = await publishExport(request);
    const rows = await readMatrix(published, "SELECT * FROM read_parquet(?)");
    expect(rows).toHaveLength(50);
    expect(rows.slice(0, 4)).toEqual([
      [1, "NULL", 1.5, "0.25", "v2026.11"],
      [2, null, 3, "0.50", "v2026.11"],
      [3, "", null, null, "v2026.11"],
      [4, "NULL", 0, "0.00", "v2026.11"],
    ]);
    const metadata = await readMatrix(
      published,
      "SELECT decode(key), decode(value) FROM parquet_kv_metadata(?)",
    );
    const { featureSetHash, planHash, sql } = published.manifest;
    expect(Object.fromEntries(metadata)).toEqual({
      product: "agentic-feature-mart",
      mart: "export-mart",
      stamp: "v2026.11",
      feature_set_hash: featureSetHash,
      plan_hash: planHash,
      sql_hash: sql.duckdb.hash,
    });
  });

  it("has files of the sizes and hashes that it says, and nothing left in scratch", async () => {
    const published = await publishExport(request);
    expect(published.files.map(({ name }) => name)).toEqual([
      "matrix.parquet",
      "dictionary.csv",
      "manifest.json",
    ]);
    for (const { key, bytes, sha256 } of published.files) {
      const body = await mart.store.get(key);
      expect([body.length, createHash("sha256").update(body).digest("hex")]).toEqual([bytes, sha256]);
    }
    expect(await readdir(mart.scratchDirectory)).toEqual([]);
  });

  it("has a manifest that says all of it", async () => {
    const published = await publishExport({ ...request, approvedAt: "2026-11-21T10:00:00Z" });
    const stored = parseManifest(
      JSON.parse(Buffer.from(await mart.store.get(keyOf(published, "manifest"))).toString()),
    );
    expect(stored).toEqual(published.manifest);
    expect(stored).toMatchObject({
      mart: "export-mart",
      featureSet: mart.plan.featureSet,
      plan: mart.plan,
      report: mart.report,
      data: { rows: 50, columns: 5, stampColumn: "STAMP" },
      approval: { id: "approval-1", by: "viewer-1", at: "2026-11-21T10:00:00Z", questionHash: "q" },
      engine: { name: "duckdb", version: expect.stringMatching(/^v\d/) },
      registryHash: mart.registry.contentHash,
    });
    expect(stored.columns.map(({ name, role, source, nulls }) => [name, role, source?.table, nulls])).toEqual(
      [
        ["SELLER_ID", "key", "SELLERS", 0],
        ["NOTE", "feature", "SELLERS", 17],
        ["INCOME", "feature", "CITY_FEATURES", 12],
        ["RENT", "feature", "CITY_FEATURES", 12],
        ["STAMP", "stamp", undefined, 0],
      ],
    );
    expect(stored.columns[2]).toMatchObject({
      path: ["SELLERS.CITY_ID → CITY_FEATURES.CITY_ID"],
      cardinality: "many_to_one",
      unit: "lakh INR",
      windowDays: 365,
      nullRate: 0.24,
    });
  });

  it("names the stamp's column anew where the matrix has one of that name", async () => {
    const rename = (name: string, index: number) =>
      name === "NOTE" ? "stamp" : index === 2 ? "FEATURE_STAMP" : name;
    const columns = mart.plan.columns.map((column, index) => ({
      ...column,
      name: rename(column.name, index),
    }));
    const published = await publishExport({
      ...request,
      plan: { ...mart.plan, columns },
      sql: {
        ...mart.sql,
        duckdb: `SELECT SELLER_ID, NOTE AS stamp, INCOME AS FEATURE_STAMP, RENT FROM (${mart.sql.duckdb})`,
      },
      report: { ...mart.report, nulls: [] },
    });
    expect(published.manifest.data.stampColumn).toBe("FEATURE_STAMP_2");
  });
});

describe("idempotence", () => {
  const readable = async (store: ObjectStore, published: PublishedExport) => {
    for (const { key, sha256 } of published.files) {
      expect(
        createHash("sha256")
          .update(await store.get(key))
          .digest("hex"),
      ).toBe(sha256);
    }
  };

  it("gives the first result for the same approval", async () => {
    const first = await publishExport(request);
    expect(await publishExport({ ...request, approvedBy: "somebody else" })).toEqual(first);
    expect((await publishExport({ ...request, approvalId: "approval-2" })).prefix).not.toBe(first.prefix);
  });

  it("publishes once when two try at once", async () => {
    const all = await Promise.all(Array.from({ length: 4 }, () => publishExport(request)));
    for (const one of all) expect(one).toEqual(all[0]);
    await readable(mart.store, all[0] as PublishedExport);
    expect(await readdir(mart.store.locate(all[0]?.prefix ?? ""))).toHaveLength(3);
  });

  it.each(["putFile", "putIfAbsent"] as const)(
    "is not there after a death in %s, and is after the retry",
    async (step) => {
      const dying: ObjectStore = {
        ...mart.store,
        [step]: async () => {
          throw new Error("the process died here");
        },
      };
      await expect(publishExport({ ...request, store: dying })).rejects.toMatchObject({
        code: "EXPORT_FAILED",
      });
      const published = await publishExport(request);
      await readable(mart.store, published);
      expect(await readdir(mart.store.locate(published.prefix))).toHaveLength(3);
    },
  );

  it("says what to correct, and that nothing was published", async () => {
    const store: ObjectStore = {
      ...mart.store,
      putFile: async () => {
        throw new AppError("OBJECT_STORE_UNAVAILABLE", "There is no bucket. Correct S3_BUCKET.");
      },
    };
    await expect(publishExport({ ...request, store })).rejects.toMatchObject({
      code: "EXPORT_FAILED",
      message: "There is no bucket. Correct S3_BUCKET. Nothing was published.",
    });
  });

  it.each([
    ["the manifest may have arrived", "putIfAbsent"],
    ["the manifest has arrived, and cannot be read", "get"],
  ] as const)("does not say that nothing was published where %s", async (_, step) => {
    const store: ObjectStore = {
      ...mart.store,
      [step]: async (key: string, body: string) => {
        if (step === "putIfAbsent") await mart.store.putIfAbsent(key, body);
        throw new AppError("OBJECT_STORE_UNAVAILABLE");
      },
    };
    await expect(publishExport({ ...request, store })).rejects.toMatchObject({
      code: "EXPORT_FAILED",
      message: expect.stringMatching(/It may have been published all the same: .*manifest\.json/),
    });
    const found = await findPublished(request);
    expect(found).toEqual(await publishExport(request));
  });

  it("does not say that nothing was published where it could not be looked up", async () => {
    await publishExport(request);
    const exists = () => Promise.reject(new AppError("OBJECT_STORE_UNAVAILABLE"));
    await expect(publishExport({ ...request, store: { ...mart.store, exists } })).rejects.toMatchObject({
      code: "EXPORT_FAILED",
      message: expect.stringMatching(/It may have been published all the same: .*manifest\.json/),
    });
  });

  it("leaves it to be done again when the database of its statements is lost", async () => {
    const lost = Object.assign(new Error("gone"), { code: "CONNECTION_CLOSED" });
    const warehouse = { ...mart.warehouse, writeParquet: () => Promise.reject(lost) };
    await expect(publishExport({ ...request, warehouse })).rejects.toBe(lost);
    await readable(mart.store, await publishExport(request));
  });

  it("survives a process that is killed between the parts and the manifest", async () => {
    const file = (name: string) => JSON.stringify(path.resolve(name));
    const script = `
      import { createExportMart } from ${file("tests/fixtures/export-mart.ts")};
      import { publishExport } from ${file("lib/export/index.ts")};
      import { folderStore } from ${file("lib/objects/index.ts")};
      const mart = await createExportMart();
      const store = folderStore(${JSON.stringify(mart.store.label)});
      store.putIfAbsent = () => process.kill(process.pid, "SIGKILL");
      await publishExport({ ...mart, store, approvalId: "approval-1", approvedBy: "v" });`;
    const target = path.join(mart.folder, "killed.mts");
    await writeFile(target, script);
    const tsx = createRequire(import.meta.url).resolve("tsx/cli");
    const killed = promisify(execFile)(
      process.execPath,
      [tsx, "--tsconfig", path.resolve("tsconfig.json"), target],
      { env: { ...process.env, TMPDIR: mart.folder } },
    );
    await expect(killed).rejects.toMatchObject({ code: expect.anything() });
    const parts = await readdir(mart.store.label, { recursive: true });
    expect(parts.filter((name) => name.endsWith(".parquet"))).toHaveLength(1);
    expect(parts.filter((name) => name.endsWith("manifest.json"))).toEqual([]);
    await readable(mart.store, await publishExport(request));
  });
});

describe("refusals", () => {
  it("does not export another matrix than the one approved", async () => {
    for (const report of [
      { ...mart.report, rows: 49 },
      { ...mart.report, nulls: mart.report.nulls.map((known) => ({ ...known, nulls: known.nulls + 1 })) },
    ]) {
      await expect(publishExport({ ...request, report })).rejects.toMatchObject({ code: "EXPORT_FAILED" });
    }
    const registry = { ...mart.registry, stamp: "v2026.10" };
    await expect(publishExport({ ...request, registry })).rejects.toMatchObject({ code: "EXPORT_FAILED" });
    expect(await readdir(mart.folder)).not.toContain("objects");
  });

  it("leaves nothing when the engine fails or the person stops it", async () => {
    const sql = {
      ...mart.sql,
      duckdb: "SELECT error('no') AS SELLER_ID, NOTE, 1 AS INCOME, 2 AS RENT FROM SELLERS",
    };
    await expect(publishExport({ ...request, sql })).rejects.toMatchObject({
      code: "EXPORT_FAILED",
      message: expect.not.stringContaining("SELLER"),
    });
    await expect(publishExport({ ...request, signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "QUERY_CANCELLED",
    });
    expect(await readdir(mart.scratchDirectory)).toEqual([]);
    expect(await readdir(mart.folder)).not.toContain("objects");
  });
});

it("writes a dictionary that a spreadsheet cannot run", async () => {
  const published = await publishExport(request);
  const csv = await readFile(mart.store.locate(keyOf(published, "dictionary")), "utf8");
  expect(csv).toBe(
    [
      "column,role,type,description,unit,window_days,source_table,source_column,computed,join_path,cardinality,aggregation,null_rate,pii,owner",
      "SELLER_ID,key,integer,The seller,,,SELLERS,SELLER_ID,,,,,0,false,data@example.com",
      `NOTE,feature,text,"'=HYPERLINK(""x""), a note with ""quotes""",,,SELLERS,NOTE,,,,,0.34,true,data@example.com`,
      "INCOME,feature,float,Median income,lakh INR,365,CITY_FEATURES,INCOME,,SELLERS.CITY_ID → CITY_FEATURES.CITY_ID,many_to_one,,0.24,false,data@example.com",
      `RENT,feature,decimal,"'-5 to 5: change of rent,\nby year",,,CITY_FEATURES,RENT,,SELLERS.CITY_ID → CITY_FEATURES.CITY_ID,many_to_one,,0.24,false,data@example.com`,
      "STAMP,stamp,text,The version of the mart that the row was built from,,,,,,,,,0,false,",
      "",
    ].join("\r\n"),
  );
});
