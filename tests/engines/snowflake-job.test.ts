import { readdir } from "node:fs/promises";
import { expect, it } from "vitest";
import { openExportFile } from "@/agents/run";
import { listExports } from "@/db/queries";
import { manifestSchema, replayManifest } from "@/lib/export";
import { sha256 } from "@/lib/feature-set";
import { openMart } from "@/lib/mart";
import { openObjectStore } from "@/lib/objects";
import { aViewer } from "../support/a-viewer";
import { begin, type Heard, yes } from "../support/turns";
import { describeWith } from "./support/engines";
import { setUpSnowflakeMart } from "./support/published-mart";

const request =
  "Build a feature matrix for seller prioritisation: sellers in Mumbai and Pune, geo and engagement features, the last 90 days of clickstream, city demographics and LLM location scores. Exclude PII.";

const viewer = aViewer("Tester");

describeWith(["snowflake", "s3"], "the main job on Snowflake and S3", () => {
  setUpSnowflakeMart(200);
  let tell: Awaited<ReturnType<typeof begin>>;
  let built: Heard;

  it("finds the tables, runs the join, reports and proposes", async () => {
    tell = await begin(viewer);
    built = await tell(request);
    expect(built.parts("notice").filter(({ level }) => level === "error")).toEqual([]);
    const [result] = built.parts("result");
    const { warehouse } = await openMart("auto-marketplace");
    expect(warehouse.dialect).toBe("snowflake");
    const { rows } = await warehouse.query(
      `SELECT count(*) FROM SELLERS JOIN CITIES USING (CITY_ID) WHERE CITY_NAME IN ('Mumbai', 'Pune')`,
    );
    expect(result?.report.rows).toBe(rows[0]?.[0]);
    expect(result?.report.joins).toHaveLength(5);
    const [sql] = built.parts("sql");
    expect(sql).toMatchObject({ dialect: "snowflake", other: { dialect: "duckdb" } });
    expect(sql?.hash).toBe(sha256(sql?.sql ?? ""));
    expect(built.approval?.kind).toBe("enrich");
  });

  it("takes an enrichment, asks, and exports what was approved to the bucket", async () => {
    const widened = await tell(yes(built.approval, ["SELLER_TREND_FEATURES"]));
    const [result] = widened.parts("result");
    expect(result?.report.joins.map(({ table }) => table)).toContain("SELLER_TREND_FEATURES");
    expect(widened.approval).toMatchObject({
      kind: "export",
      exportOf: { rows: result?.report.rows, sqlHash: widened.parts("sql")[0]?.hash },
    });
    const exported = await tell(yes(widened.approval));
    expect(exported.parts("export")[0]).toMatchObject({
      rows: result?.report.rows,
      destination: expect.stringMatching(/^s3:\/\/feature-mart\/exports\//),
    });
    const [row] = await listExports(viewer, tell.id);
    const manifest = manifestSchema.parse(row?.manifest);
    expect(manifest.engine.name).toBe("snowflake");
    expect(manifest.sql.snowflake.hash).toBe(widened.parts("sql")[0]?.hash);
    const matrix = await openExportFile(viewer, row?.id ?? "", "matrix");
    expect(matrix).toBeTruthy();
  });

  it("counts, and says what it cannot find", async () => {
    const answer = await tell("how many sellers are in Pune?");
    expect(answer.text).toMatch(/\*\*\d+\*\* sellers/);
    expect(answer.parts("sql")[0]?.dialect).toBe("snowflake");
  });

  it("replays the export from its manifest alone", async () => {
    const [row] = await listExports(viewer, tell.id);
    const replay = await replayManifest({ manifest: row?.manifest, openMart });
    expect(replay.contentHash).toBe(manifestSchema.parse(row?.manifest).data.contentHash);
    expect(replay.notes).toEqual([]);
  });

  it("leaves nothing of its way in the scratch folder or the bucket", async () => {
    const { scratchDirectory } = await openMart("auto-marketplace");
    const left = (await readdir(scratchDirectory)).filter((name) => !name.startsWith("replay-"));
    expect(left.filter((name) => !name.startsWith(".spill"))).toEqual([]);
    expect(await openObjectStore().exists("unload")).toBe(false);
  });
});
