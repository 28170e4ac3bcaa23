import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { AppError } from "@/lib/errors";
import {
  type DuckDbLimits,
  type DuckDbWriter,
  openDuckDbWriter,
  quoteName,
  quoteText,
} from "@/lib/warehouse";
import { checkColumns } from "./check-columns";
import { builtRelations, compileModel, type Relations } from "./compile";
import { tableName } from "./declare-tables";
import { buildOrder, selectModels } from "./graph";
import { modelError } from "./model-error";
import type { Model, Project } from "./project";
import { runInOrder } from "./run-in-order";
import { runTestNodes, type TestResult, testsOf } from "./run-tests";

export interface BuildOptions extends DuckDbLimits {
  /** The mart's DuckDB file; made where there is none. Registered models become tables of it. */
  file: string;
  /** A folder for what is not registered, and for what exceeds the memory. Removed by whoever made it. */
  scratch: string;
  /** Where each model's SQL as it was run is written, by its path in the project. */
  compiledTo: string;
  /** See {@link selectModels}. What these need and the file lacks is built as well. */
  select?: string[];
  exclude?: string[];
  signal?: AbortSignal;
  onModel?: (built: BuiltModel, done: number, total: number) => void;
}

export interface BuiltModel {
  model: string;
  /** The table in the mart's file; null for a model that only others need. */
  table: string | null;
  /** null for a view. */
  rows: number | null;
  columns: { name: string; type: string }[];
  seconds: number;
}

export interface BuildResult {
  models: BuiltModel[];
  /** Of the models that were built, and of those whose tables were there already. */
  tests: TestResult[];
  /** The columns that each source's file really has, by `source.table`; without those whose file is not there. */
  sourceColumns: Map<string, string[]>;
}

/**
 * Builds models into the mart's file, each after those it refers to, as many at once as there are threads; then runs their
 * tests. Registered models are ordered by their grain; the rest goes to a working database in the scratch folder.
 * @throws AppError QUERY_FAILED for the first model that fails, naming it and the line of its SQL, with its path in the project
 * as `details.file`; BAD_INPUT where a table's columns are not those declared; QUERY_CANCELLED
 */
export async function buildModels(project: Project, options: BuildOptions): Promise<BuildResult> {
  const threads = options.threads ?? os.availableParallelism();
  const { signal } = options;
  const writer = await openDuckDbWriter(options.file, {
    ...options,
    threads,
    spillDirectory: options.scratch,
  });
  const workspace = await mkdtemp(path.join(options.scratch, "working-"));
  try {
    await writer.run(`attach ${quoteText(path.join(workspace, "working.duckdb"))} as working`);
    // Registered tables are ordered by their grain; elsewhere order means nothing and costs memory.
    await writer.run("set global preserve_insertion_order = false");
    const [mart] = (await writer.query("select current_database()")).rows.flat();
    const relations = builtRelations(project, String(mart), "working");
    const { models, isThere } = await neededModels(project, options, writer);
    const sourceColumns = await describeSources(project, models, writer);
    let done = 0;
    const built = await runInOrder(
      models.map((model) => ({ name: model.name, after: model.dependsOn.models, model })),
      { atOnce: threads, ...(signal ? { signal } : {}) },
      async ({ model }, stopped) => {
        const site = { writer, relations, signal: stopped, compiledTo: options.compiledTo };
        const one = await buildModel(project, model, site);
        done++;
        options.onModel?.(one, done, models.length);
        return one;
      },
    );
    const names = new Set(models.map(({ name }) => name));
    const tests = testsOf(project, (name) => names.has(name) || isThere(name)).filter(({ dependsOn }) =>
      dependsOn.models.some((name) => names.has(name)),
    );
    const results = await runTestNodes(
      project,
      tests,
      relations,
      { signal, atOnce: threads },
      (sql, stopped) => writer.isolated(({ query }) => query(sql), stopped),
    );
    await writer.run("detach working");
    await writer.close();
    return { models: built, tests: results, sourceColumns };
  } finally {
    // Again after a success: nothing. After a failure that one is told, not that a query which still ends is in the way.
    await writer.close().catch(() => {});
    await rm(workspace, { recursive: true, force: true });
  }
}

/** What is selected, and what of that it needs is not in the file yet. */
async function neededModels(project: Project, options: BuildOptions, writer: DuckDbWriter) {
  const selected = selectModels(project, options);
  const { rows } = await writer.query(
    "select table_name from duckdb_tables() where database_name = current_database()",
  );
  const present = new Set(rows.flat());
  const isThere = (name: string) => {
    const model = project.models.get(name);
    return model?.table != null && present.has(tableName(model));
  };
  const needed = new Set(selected);
  const order = buildOrder(project);
  // From the last to the first, so that what a model needs is known before its own turn comes.
  for (const model of order.toReversed()) {
    if (!needed.has(model.name)) continue;
    for (const name of model.dependsOn.models) {
      if (!isThere(name)) needed.add(name);
    }
  }
  return { models: order.filter(({ name }) => needed.has(name)), isThere };
}

/** @throws AppError NOT_FOUND where a file that these models need cannot be read */
async function describeSources(project: Project, models: Model[], writer: DuckDbWriter) {
  const columns = new Map<string, string[]>();
  const needed = new Set(models.flatMap(({ dependsOn }) => dependsOn.sources));
  for (const [key, { location }] of project.sources) {
    try {
      const described = await writer.query(`from ${location} limit 0`);
      columns.set(
        key,
        described.columns.map(({ name }) => name),
      );
    } catch (cause) {
      if (!needed.has(key)) continue;
      const message = `The source ${key} cannot be read: its file is missing or damaged. Have it written again.`;
      throw new AppError("NOT_FOUND", message, { cause });
    }
  }
  return columns;
}

interface Site {
  writer: DuckDbWriter;
  relations: Relations;
  compiledTo: string;
  signal: AbortSignal;
}

async function buildModel(project: Project, model: Model, site: Site): Promise<BuiltModel> {
  const started = performance.now();
  const sql = compileModel(project, model, site.relations);
  const compiled = path.join(site.compiledTo, model.path);
  await mkdir(path.dirname(compiled), { recursive: true });
  await writeFile(compiled, sql);
  const name = site.relations.model(model);
  const order = model.table ? ` order by ${model.table.grain.map(quoteName).join(", ")}` : "";
  const kind = model.table ? "table" : model.config.materialized;
  const { rows, columns } = await site.writer
    .isolated(async ({ query }) => {
      // On one line with the beginning, so that the engine counts lines as the compiled file does.
      const made = await query(`create or replace ${kind} ${name} as from (${sql}\n)${order}`);
      const { columns } = await query(`from ${name} limit 0`);
      return { rows: kind === "view" ? null : Number(made.rows[0]?.[0]), columns };
    }, site.signal)
    .catch((thrown) => {
      throw modelError(model, thrown);
    });
  checkColumns(model, columns);
  return {
    model: model.name,
    table: model.table ? tableName(model) : null,
    rows,
    columns,
    seconds: (performance.now() - started) / 1000,
  };
}
