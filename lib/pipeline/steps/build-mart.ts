import path from "node:path";
import { config } from "@/lib/config";
import {
  type BuildResult,
  buildModels,
  columnLineage,
  declareTables,
  makeManifest,
  type Project,
  readProject,
  type TestResult,
} from "@/lib/dbt";
import { AppError, toAppError } from "@/lib/errors";
import { openDuckDbWarehouse } from "@/lib/warehouse";
import type { PipelineMart } from "../mart";
import type { StepContext } from "../step-context";

/**
 * The mart's dbt project at this step's stamp, its conformed tables brought here.
 * @throws AppError NOT_FOUND where conform left a table out
 */
export async function openProject(
  { files, parameters }: StepContext,
  mart: PipelineMart,
  augment: string,
): Promise<Project> {
  const tables = mart.sources.flatMap(({ name, changes }) =>
    typeof changes === "object" ? [name, `${name}_history`] : [name],
  );
  const places = await Promise.all(tables.map((table) => files.read("conform", `${table}.parquet`)));
  return readProject(mart.projectDirectory, {
    stamp: parameters.stamp,
    // As SQL writes an instant, without the zone, which is UTC everywhere.
    end: new Date(parameters.end).toISOString().slice(0, 19).replace("T", " "),
    conformed: path.dirname(places[0] ?? ""),
    augment,
  });
}

/**
 * Builds the selected models into `file`, tells how it goes, and writes the files of a step that builds: `mart.duckdb`,
 * `manifest.json`, `lineage.json` and `tests.json`.
 * @throws AppError QUERY_FAILED where a model fails, or a test of a model that the mart's file does not keep
 */
export async function buildInto(
  file: string,
  project: Project,
  context: StepContext,
  selection: { select?: string[]; exclude?: string[] },
): Promise<BuildResult> {
  const { files, scratch, log, progress, signal } = context;
  const compiledTo = path.join(scratch, "compiled");
  const result = await buildModels(project, {
    ...selection,
    ...{ file, scratch, signal, compiledTo },
    ...config().engine,
    onModel: ({ model, rows, columns, seconds }, done, total) => {
      progress(model, done, total);
      const size = rows === null ? "a view" : `${rows.toLocaleString("en")} rows`;
      log(`${model}: ${size}, ${columns.length} columns, ${seconds.toFixed(2)} s`);
    },
  }).catch((thrown) => withItsSql(thrown, compiledTo, context));
  refuseFailed(project, result.tests);
  const warehouse = await openDuckDbWarehouse({
    ...{ path: file, writableDirectories: [scratch] },
    ...config().engine,
  });
  try {
    const lineage = await columnLineage(project, result.sourceColumns, (sql, parameters) =>
      warehouse.query(sql, { parameters, signal }),
    );
    await files.writeJson("lineage.json", lineage);
    await files.writeJson("manifest.json", makeManifest(project, lineage, result.sourceColumns));
    await files.writeJson("tests.json", result.tests);
  } finally {
    await warehouse.close();
  }
  await files.write("mart.duckdb", file);
  return result;
}

/** Of a model that failed the SQL as it was run stays in the object store, since the scratch folder goes. */
async function withItsSql(thrown: unknown, compiledTo: string, { files }: StepContext): Promise<never> {
  const { code, message, details, cause } = toAppError(thrown);
  if (code !== "QUERY_FAILED" || typeof details.file !== "string") throw thrown;
  const key = await files.write("failed-model.sql", path.join(compiledTo, details.file));
  throw new AppError(code, `${message}\nIts SQL as it was run is kept in the object store: ${key}`, {
    details,
    cause,
  });
}

/** What a person should know of a build. */
export function factsOf(project: Project, { models, tests }: BuildResult) {
  const tables = models.filter(({ table }) => table);
  const built = new Set(tables.map(({ table }) => table));
  const features = declareTables(project).features.filter(({ table, isKey }) => built.has(table) && !isKey);
  return [
    { label: "models", value: models.length },
    { label: "tables", value: tables.length },
    { label: "features", value: features.length },
    { label: "rows", value: tables.reduce((sum, { rows }) => sum + (rows ?? 0), 0) },
    { label: "tests", value: tests.length },
    { label: "tests failed", value: tests.filter(({ status }) => status === "fail").length },
  ];
}

/** The gate looks at the mart's file; what is not in it has to be right here. */
function refuseFailed(project: Project, tests: TestResult[]): void {
  const failed = tests.filter(
    ({ status, model }) => status === "fail" && (model === null || !project.models.get(model)?.table),
  );
  if (failed.length === 0) return;
  const shown = failed.slice(0, 5).map(({ test, failures }) => `${test} (${failures} rows)`);
  throw new AppError("QUERY_FAILED", `Tests of the models in between failed: ${shown.join(", ")}.`, {
    details: { failed: failed.map(({ test, failures }) => ({ test, failures })) },
  });
}
