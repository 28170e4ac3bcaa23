import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { database } from "@/db/client";
import { ensureDatabase, leaveDatabase } from "@/db/ensure-database";
import { pipelineMart } from "@/db/marts/pipelines";
import { migrate } from "@/db/migrate";
import { pipelineLogs, pipelineRuns, pipelineSteps } from "@/db/schema";
import { buildModels, columnLineage, declareTables, makeManifest, readProject } from "@/lib/dbt";
import { buildFileOf, placeOf, publishMart } from "@/lib/mart";
import { folderStore, type ObjectStore } from "@/lib/objects";
import { beginning } from "@/lib/pipeline/parameters";
import { runStep } from "@/lib/pipeline/run-step";
import { stepFiles } from "@/lib/pipeline/step-context";
import { type StepParameters, type StepReport, stepKey, stepNames } from "@/lib/pipeline/steps";
import { type Declared, type GateReport, runGates, summarizeGates } from "@/lib/quality/gates";
import { measureRegistry, writeRegistry } from "@/lib/registry";
import { openDuckDbWarehouse, openDuckDbWriter } from "@/lib/warehouse";
import { aBakeryProject } from "@/tests/support/bakeries";

export const parameters: StepParameters = {
  ...{ mart: "auto-marketplace", stamp: "v2026.12", previous: "v2026.11" },
  ...{ start: "2026-11-01T00:00:00Z", end: "2026-12-01T00:00:00Z" },
};

export const haltedRun = "halted-run";
/** Of the same stamp: passed its gate before the halted one began it anew. */
export const replacedRun = "replaced-run";
/** Of the same stamp, after the halted one: cancelled with no step begun, and failed in extract. */
export const [cancelledRun, failedRun] = ["cancelled-run", "failed-run"];

/**
 * What a pipeline leaves, on a small project: v2026.11 published, and a run of v2026.12 that the gate halted, with its lineage and
 * what the gate measured, among runs that left nothing. DATA_DIR has to be the folder.
 */
export async function storePipeline(dataDir: string): Promise<{ report: GateReport }> {
  const scratch = await mkdtemp(path.join(os.tmpdir(), "stored-pipeline-"));
  try {
    const project = await storeProject(dataDir, scratch);
    const report = await driftedGates(scratch);
    const gates = stepFiles(folderStore(path.join(dataDir, "objects")), parameters, "gate", scratch);
    await gates.writeJson("gates.json", report);
    await gates.writeJson("gates-summary.json", summarizeGates(report));
    await ensureDatabase();
    await migrate();
    await storeHalted(report, { project, gates: gates.written });
    await storeOthers();
    return { report };
  } finally {
    await leaveDatabase();
    await rm(scratch, { recursive: true, force: true });
  }
}

async function storeProject(dataDir: string, scratch: string): Promise<Files> {
  const { directory, vars } = await aBakeryProject(scratch);
  const project = await readProject(directory, vars);
  const place = placeOf(parameters.mart, dataDir);
  await mkdir(place.directory, { recursive: true });
  const file = buildFileOf(place, "v2026.11");
  const { sourceColumns, tests } = await buildModels(project, {
    ...{ file, scratch, compiledTo: path.join(scratch, "compiled"), threads: 1 },
  });
  const writer = await openDuckDbWriter(file);
  const lineage = await columnLineage(project, sourceColumns, (sql, cells) => writer.query(sql, cells));
  const declared = declareTables(project);
  const registry = await measureRegistry(writer, {
    ...{ mart: parameters.mart, title: "Bakeries", stamp: "v2026.11", asOf: parameters.start },
    ...{ tables: declared.tables, features: declared.features, entities: [], aliases: {} },
  });
  await writeRegistry(writer, registry);
  await writer.close();
  await publishMart(parameters.mart, "v2026.11", file, { dataDir });

  const store = folderStore(path.join(dataDir, "objects"));
  const files = stepFiles(store, parameters, "augment", scratch);
  await files.writeJson("manifest.json", makeManifest(project, lineage, sourceColumns));
  await files.writeJson("lineage.json", lineage);
  await files.writeJson("tests.json", tests);
  const report = path.join(scratch, "step.json");
  await writeFile(report, JSON.stringify({ ...emptyReport("augment"), files: files.written }));
  await store.putFile(stepKey(parameters, "augment", "step.json"), report);
  await storePrevious(store, dataDir);
  return files.written;
}

/** What the steps of v2026.11 left, as far as a later stamp asks whether it may be built on that. */
async function storePrevious(store: ObjectStore, dataDir: string): Promise<void> {
  const of = { ...parameters, stamp: "v2026.11", start: beginning, end: parameters.start, previous: null };
  const quiet = { onLog: () => {}, onProgress: () => {}, signal: new AbortController().signal };
  const mart = await pipelineMart(parameters.mart);
  const run = async () => ({ quarantine: [], facts: [] });
  for (const step of stepNames) await runStep({ step, parameters: of, mart, store, run, dataDir, ...quiet });
}

/** Real gates on a table whose prices have tripled since the stamp before. */
async function driftedGates(scratch: string): Promise<GateReport> {
  const declared: Declared = {
    version: "1.0.0",
    tables: [
      {
        ...{ name: "SHOPS", description: "", entity: "shop", kind: "entity", grain: ["SHOP_ID"] },
        keys: [{ kind: "primary", entity: "shop", columns: ["SHOP_ID"] }],
        ...{ owner: "tests", synonyms: [] },
      },
    ],
    features: (["SHOP_ID", "price", "town"] as const).map((name) => ({
      ...{ table: "SHOPS", name, description: "", type: name === "town" ? "text" : "integer" },
      ...{ family: "f", isKey: name === "SHOP_ID", pii: false, owner: "tests" },
    })),
    promises: new Map(),
  };
  const measure = async (stamp: string, times: number, before?: Awaited<ReturnType<typeof runGates>>) => {
    const file = path.join(scratch, `${stamp}.duckdb`);
    const writer = await openDuckDbWriter(file, { threads: 1 });
    await writer.run(
      `create table SHOPS as select i as SHOP_ID, ((i * 7919) % 1000 * ${times})::bigint as price,
         case when i % 3 = 0 then 'Pune' else 'Mumbai' end as town, '${stamp}' as STAMP from range(1000) t(i)`,
    );
    await writer.close();
    const warehouse = await openDuckDbWarehouse({ path: file, writableDirectories: [] });
    const reference = before ? { profile: before.profile, database: null } : null;
    return runGates({ warehouse, stamp, declared, reference }).finally(() => warehouse.close());
  };
  const first = await measure("v2026.11", 1);
  return (await measure(parameters.stamp, 3, first)).report;
}

type Files = StepReport["files"];

async function storeHalted(report: GateReport, left: { project: Files; gates: Files }): Promise<void> {
  const failed = report.checks.filter(({ verdict }) => verdict === "halt");
  const problem = { errorCode: "GATE_HALTED", errorMessage: "A quality gate failed." };
  // An hour ago: what a test starts is newer.
  const at = new Date(Date.now() - 3_600_000);
  const times = { startedAt: at, finishedAt: new Date(at.getTime() + 83_000) };
  const { mart, stamp } = parameters;
  await database()
    .insert(pipelineRuns)
    .values({
      ...{ id: haltedRun, mart, stamp, status: "halted", trigger: "schedule", asked: {}, parameters },
      ...{ ...problem, lastSequence: 1200, createdAt: at, ...times },
    });
  await database()
    .insert(pipelineSteps)
    .values(
      stepNames.map((step) => {
        if (step === "publish") return { runId: haltedRun, step };
        if (step === "gate") {
          const errorDetails = { failed, count: failed.length, files: left.gates };
          return {
            runId: haltedRun,
            step,
            status: "halted" as const,
            attempts: 1,
            ...problem,
            errorDetails,
            ...times,
          };
        }
        const report = {
          ...emptyReport(step),
          ...(step === "conform" ? { quarantine } : {}),
          ...(step === "augment" ? { files: left.project } : {}),
        };
        return { runId: haltedRun, step, status: "succeeded" as const, attempts: 1, report, ...times };
      }),
    );
  await database()
    .insert(pipelineLogs)
    .values(
      Array.from({ length: 1200 }, (_, index) => ({
        ...{ runId: haltedRun, sequence: index + 1, step: "build" as const, text: `said ${index + 1}.`, at },
      })),
    );
}

async function storeOthers(): Promise<void> {
  const { mart, stamp } = parameters;
  const at = (minutesAgo: number) => new Date(Date.now() - minutesAgo * 60_000);
  const of = (minutesAgo: number) => ({
    ...{ mart, stamp, asked: {}, parameters, trigger: "schedule" as const },
    ...{ createdAt: at(minutesAgo), finishedAt: at(minutesAgo - 5) },
  });
  await database()
    .insert(pipelineRuns)
    .values([
      { ...of(120), id: replacedRun, status: "succeeded", startedAt: at(120) },
      { ...of(40), id: cancelledRun, status: "cancelled" },
      { ...of(30), id: failedRun, status: "failed", startedAt: at(30) },
    ]);
  // Its gate, and what it was built from, were otherwise.
  const files = ["manifest.json", "gates-summary.json"].map((name) => {
    return { name, rows: null, bytes: 1, sha256: "0".repeat(64) };
  });
  const done = (step: StepReport["step"]) => ({ ...emptyReport(step), files });
  const times = { startedAt: at(120), finishedAt: at(115) };
  await database()
    .insert(pipelineSteps)
    .values(
      stepNames.flatMap((step) => [
        { runId: replacedRun, step, status: "succeeded" as const, report: done(step), ...times },
        { runId: cancelledRun, step },
        { runId: failedRun, step, ...(step === "extract" ? { status: "failed" as const, ...times } : {}) },
      ]),
    );
}

const quarantine: StepReport["quarantine"] = [
  { table: "sales", reason: "impossible_date", column: "sold_at", rows: 1234 },
  { table: "shops", reason: "duplicate", column: null, rows: 5 },
];

function emptyReport(step: StepReport["step"]): StepReport {
  return { step, parameters, after: null, files: [], quarantine: [], facts: [{ label: "models", value: 7 }] };
}
