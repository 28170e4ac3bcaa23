import { copyFile, mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { listVisibleMarts, openVisibleMart } from "@/app/marts/read-marts";
import { publishExport } from "@/lib/export";
import type { Plan } from "@/lib/feature-set";
import { listMarts, type Mart, openMart } from "@/lib/mart";
import { martFiles } from "@/lib/mart/files";
import { fileOf, placeOf } from "@/lib/mart/layout";
import { buildMatrix, type MatrixResult } from "@/lib/matrix";
import { folderStore, openObjectStore } from "@/lib/objects";
import { draftMart, registerMart } from "@/lib/profile";
import { quoteName, quoteText } from "@/lib/warehouse";
import { aViewer } from "../support/a-viewer";
import { worldMartFile } from "../support/demo-mart";
import { dieInUpload } from "../support/die-in-upload";
import { temporaryFolder } from "../support/temporary-folder";
import { writtenFolder } from "../support/written-folder";
import { describeWith } from "./support/engines";
import { setUpSnowflakeMart } from "./support/published-mart";
import { setTitles, variedSet } from "./support/varied-sets";

describeWith(["snowflake", "s3"], "the same mart in Snowflake and in the embedded engine", () => {
  const { database } = setUpSnowflakeMart(60);
  let folder: string;
  let snowflake: Mart;
  let embedded: Pick<Mart, "registry" | "warehouse" | "scratchDirectory">;

  beforeAll(async () => {
    folder = await temporaryFolder();
    snowflake = await openMart("auto-marketplace");
    const place = placeOf("auto-marketplace", folder);
    await mkdir(place.directory, { recursive: true });
    await copyFile(await worldMartFile(60), fileOf(place, "v2026.11"));
    const { scratchDirectory } = snowflake;
    const opened = await (await martFiles.find(place, "v2026.11")).open(scratchDirectory);
    if (!opened) throw new Error("Nobody builds it again.");
    embedded = { ...opened, scratchDirectory };
  });
  afterAll(async () => {
    await embedded.warehouse.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("takes a mart made of a person's own files", async () => {
    const files = {
      "shops.csv": 'shop code;town;"rent, € ""net"""\nA1;Nørby;1,5\nB2;Søby;NA\n',
      "sales.csv": "shop code,no,sold at,amount\nA1,007,2026-01-01 10:00,1\nA1,008,2026-01-02 11:30,2\n",
    };
    const draft = await draftMart({ name: "shops", folder: await writtenFolder(files), stamp: "v2026.01" });
    await registerMart(draft);
    const mart = await openMart("shops");
    const { rows } = await mart.warehouse.query('SELECT * FROM "shops" ORDER BY 1');
    expect(rows).toEqual([
      ["A1", "Nørby", 1.5],
      ["B2", "Søby", null],
    ]);
    const sales = mart.registry.tables.find(({ name }) => name === "sales");
    expect(sales).toMatchObject({ rowCount: 2, eventTime: "sold_at" });
  });

  it("shows an upload to its owner alone, whichever machine took it and wherever that died", async () => {
    const owner = aViewer("Owner");
    await dieInUpload({ database: database().url, owner, mart: "uploaded" });
    expect(await openVisibleMart(owner, "uploaded")).toMatchObject({ own: true, description: null });
    expect((await listVisibleMarts(owner)).map(({ name }) => name)).toContain("uploaded");
    await expect(openVisibleMart(aViewer(), "uploaded")).rejects.toMatchObject({ code: "MART_UNKNOWN" });
  });

  it("has the same registry", async () => {
    expect(await listMarts()).toContainEqual({ name: "auto-marketplace", stamp: "v2026.11" });
    expect(snowflake.registry).toEqual(embedded.registry);
    expect(snowflake).toMatchObject({ name: "auto-marketplace", stamp: "v2026.11", file: null });
  });

  it("has the same rows in every table", async () => {
    for (const { name } of embedded.registry.tables) {
      const sql = `SELECT count(*) FROM ${quoteName(name)}`;
      const [there, here] = [await snowflake.warehouse.query(sql), await embedded.warehouse.query(sql)];
      expect([name, there.rows]).toEqual([name, here.rows]);
    }
  });

  it.each(setTitles)("gives the same matrix, report and export: %s", async (title) => {
    const featureSet = variedSet(title, embedded.registry);
    const [there, here] = [
      await buildMatrix({ featureSet, ...snowflake }),
      await buildMatrix({ featureSet, ...embedded }),
    ];
    expect(there.report.rows).toBeGreaterThan(0);
    expect({ ...there.report, seconds: null }).toEqual({ ...here.report, seconds: null });
    expect(there.sql).toEqual(here.sql);
    const added = here.plan.columns.filter((column) => isAddedUp(column)).map(({ name }) => name);
    expect(await cellsThatDiffer(there, here, added)).toEqual([]);

    const exported = [await exportOf(there, snowflake), await exportOf(here, embedded)];
    const [ofSnowflake, ofEmbedded] = exported.map(({ manifest }) => manifest);
    expect([ofSnowflake?.engine.name, ofEmbedded?.engine.name]).toEqual(["snowflake", "duckdb"]);
    expect(ofSnowflake?.columns).toEqual(ofEmbedded?.columns);
    // Engines that add floats in another order may differ in the last digit, and so in the hash.
    if (added.length === 0) expect(ofSnowflake?.data).toEqual(ofEmbedded?.data);
  });

  async function exportOf(matrix: MatrixResult, mart: typeof embedded) {
    const isThere = mart.warehouse.dialect === "snowflake";
    const store = isThere ? openObjectStore() : folderStore(path.join(folder, "store"));
    const approvalId = matrix.planHash;
    return publishExport({ ...matrix, ...mart, store, approvalId, approvedBy: "Tester" });
  }

  /** Names of columns, with how many cells are not the same in both files. */
  async function cellsThatDiffer(there: MatrixResult, here: MatrixResult, added: string[]) {
    const [one, other] = [there, here].map(({ parquetPath }) => `read_parquet(${quoteText(parquetPath)})`);
    const described = await Promise.all(
      [one, other].map(
        async (file) => (await embedded.warehouse.queryFiles(`DESCRIBE SELECT * FROM ${file}`)).rows,
      ),
    );
    expect(described[0]?.map(([name, type]) => [name, type])).toEqual(
      described[1]?.map(([name, type]) => [name, type]),
    );
    const names = (described[0] ?? []).map(([name]) => String(name));
    const counts = names.map((name) => {
      const [a, b] = [`a.${quoteName(name)}`, `b.${quoteName(name)}`];
      const same = added.includes(name)
        ? `(${a} IS NULL AND ${b} IS NULL) OR abs(${a} - ${b}) <= 1e-12 * greatest(abs(${a}), abs(${b}))`
        : `${a} IS NOT DISTINCT FROM ${b}`;
      return `count(*) FILTER (NOT coalesce(${same}, false))`;
    });
    const { rows } = await embedded.warehouse.queryFiles(
      `SELECT ${counts.join(", ")} FROM ${one} AS a POSITIONAL JOIN ${other} AS b`,
    );
    await Promise.all([there, here].map(({ parquetPath }) => rm(parquetPath)));
    return names.flatMap((name, at) => (rows[0]?.[at] === 0 ? [] : [[name, rows[0]?.[at]]]));
  }
});

function isAddedUp({ type, aggregation }: Plan["columns"][number]): boolean {
  return type === "float" && ["sum", "mean", "mean_weighted"].includes(aggregation ?? "");
}
