import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { sql } from "drizzle-orm";
import { expect, it, vi } from "vitest";
import { allRunsSettled, openExportFile, resumeStaleRuns } from "@/agents/run";
import { database as db } from "@/db/client";
import { latestRun, listExports, listMessages } from "@/db/queries";
import { warehouseQueries } from "@/db/schema";
import { manifestSchema, replayManifest } from "@/lib/export";
import { sha256 } from "@/lib/feature-set";
import { openMart } from "@/lib/mart";
import { aViewer } from "../support/a-viewer";
import { begin, type Heard, yes } from "../support/turns";
import { describeWith } from "./support/engines";
import { setUpSnowflakeMart } from "./support/published-mart";
import { bucketJudge } from "./support/s3-store";
import { handedOver } from "./support/snowflake-driver";

const request =
  "Build a feature matrix for seller prioritisation: sellers in Mumbai and Pune, geo and engagement features, the last 90 days of clickstream, city demographics and LLM location scores. Exclude PII.";

const viewer = aViewer("Tester");

describeWith(["snowflake", "s3"], "the main job on Snowflake and S3", () => {
  const { servers, database } = setUpSnowflakeMart(60);
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

  it("tells the warehouse for whom each statement is, and which approval an export has", async () => {
    const [row] = await listExports(viewer, tell.id);
    const unloads = await handedOver(servers().snowflake.url, /^COPY INTO 's3:/);
    const tags = unloads.map(({ parameters }) => JSON.parse(parameters.QUERY_TAG ?? ""));
    const turn = { user: viewer.id, conversation: tell.id, run: row?.runId };
    expect(tags).toContainEqual(turn);
    expect(tags).toContainEqual({ ...turn, approval: row?.approvalId });
  });

  it("finds its query again after the process was killed, and asks no second time", async () => {
    const other = await begin(viewer);
    const child = spawn(
      process.execPath,
      [
        ...["--import", "tsx", "tests/fixtures/die-in-turn.ts", database().url, viewer.id, other.id],
        ...["never", "geo features for sellers in Mumbai, no personal data"],
      ],
      { stdio: ["ignore", "ignore", "inherit"] },
    );
    const unloadsOf = async (runId: string) =>
      (await handedOver(servers().snowflake.url, /^COPY INTO 's3:/)).filter(
        ({ parameters }) => JSON.parse(parameters.QUERY_TAG ?? "{}").run === runId,
      );
    const begun = await vi.waitUntil(
      async () => {
        const run = await latestRun(viewer, other.id);
        const [unload] = run ? await unloadsOf(run.id) : [];
        const known = await db().select().from(warehouseQueries);
        return unload && known.some(({ queryId }) => queryId === unload.id) ? { run, unload } : null;
      },
      { timeout: 170_000, interval: 20 },
    );
    child.kill("SIGKILL");
    await once(child, "exit");

    await db().execute(
      sql`update runs set heartbeat_at = now() - interval '1 minute' where status = 'running'`,
    );
    await resumeStaleRuns();
    await allRunsSettled();
    const messages = await listMessages(viewer, other.id);
    const parts = messages.at(-1)?.parts as { type: string; data?: { report?: { rows: number } } }[];
    expect(parts.filter(({ type }) => type === "data-result")).toHaveLength(1);
    expect(parts.filter(({ type }) => type === "data-approval")).toHaveLength(1);
    expect((await unloadsOf(begun.run?.id ?? "")).map(({ id }) => id)).toEqual([begun.unload.id]);
  });

  it("leaves nothing of its way in the scratch folder or the bucket", async () => {
    const { scratchDirectory } = await openMart("auto-marketplace");
    const left = (await readdir(scratchDirectory)).filter((name) => !/^(replay-|\.spill)/.test(name));
    expect(left).toEqual([]);
    const judge = bucketJudge(servers().s3);
    expect(await judge.keys("unload/")).toEqual([]);
    expect(await judge.keys("marts/")).toEqual([]);
    judge.close();
  });
});
