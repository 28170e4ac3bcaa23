import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { AppError } from "@/lib/errors";
import { quoteText } from "@/lib/warehouse";
import { contextNames, variable } from "./context";
import { genericTestMacros } from "./generic-tests";
import { type Macros, readMacros, renderJinja } from "./jinja";
import { mergeConfig, parseTemplate } from "./parse-template";
import type { Model, Project, Source, TemplateFile } from "./project";
import {
  type Json,
  modelConfigSchema,
  projectFileSchema,
  type SchemaFile,
  schemaFileSchema,
  tableMetaSchema,
} from "./schema";
import { checkedWith, readYaml } from "./yaml";

/**
 * Reads the dbt project in `directory`.
 * @param vars take the place of dbt_project.yml's, as `--vars` do
 * @throws AppError BAD_INPUT naming the file and what is wrong in it
 */
export async function readProject(directory: string, vars: Record<string, Json> = {}): Promise<Project> {
  const text = await readFile(path.join(directory, "dbt_project.yml"), "utf8").catch((cause) => {
    throw new AppError("BAD_INPUT", `There is no dbt_project.yml in ${directory}.`, { cause });
  });
  const settings = readYaml(text, "dbt_project.yml", projectFileSchema);
  const allVars = { ...settings.vars, ...vars };
  const [modelFiles, macroFiles, testFiles] = await Promise.all(
    (["model-paths", "macro-paths", "test-paths"] as const).map((kind) =>
      readFiles(directory, settings[kind]),
    ),
  );
  const [genericFiles, singularFiles] = split(testFiles ?? [], ({ path: file }) =>
    file.includes("/generic/"),
  );
  const macros = readMacros(
    [...(macroFiles ?? []).filter(isSql), ...genericTestMacros(genericFiles.filter(isSql))],
    contextNames,
  );
  const schemas = (modelFiles ?? [])
    .filter(({ path: file }) => /\.ya?ml$/.test(file))
    .map(({ path: file, text: yaml }) => ({ file, content: readYaml(yaml, file, schemaFileSchema) }));
  const described = new Map(
    schemas.flatMap(({ file, content }) => content.models.map((model) => [model.name, { file, model }])),
  );
  const models = new Map<string, Model>();
  for (const file of (modelFiles ?? []).filter(isSql)) {
    const other = models.get(file.name);
    if (other) throw new AppError("BAD_INPUT", `Two models have one name: ${other.path} and ${file.path}.`);
    const yaml = described.get(file.name);
    const model = toModel(file, yaml, settings, macros, allVars);
    if (model) models.set(file.name, model);
    described.delete(file.name);
  }
  for (const [name, { file }] of described) {
    throw new AppError("BAD_INPUT", `${file} describes the model ${name}, but there is no ${name}.sql.`);
  }
  return {
    name: settings.name,
    version: settings.version ?? "1.0.0",
    directory,
    vars: allVars,
    macros,
    models,
    sources: toSources(schemas, macros, allVars),
    singularTests: singularFiles.filter(isSql),
  };
}

interface DiskFile extends TemplateFile {
  /** Folders below the path that dbt_project.yml names. */
  folders: string[];
}

async function readFiles(directory: string, roots: string[]): Promise<DiskFile[]> {
  const found = await Promise.all(
    roots.map(async (root) => {
      const folder = path.join(directory, root);
      if (!existsSync(folder)) return [];
      const names = (await readdir(folder, { recursive: true })).filter((name) =>
        /\.(sql|ya?ml)$/.test(name),
      );
      return Promise.all(
        names.sort().map(async (name) => ({
          name: path.basename(name, path.extname(name)),
          path: path.join(root, name).replaceAll(path.sep, "/"),
          folders: path
            .dirname(name)
            .split(path.sep)
            .filter((part) => part !== "."),
          text: await readFile(path.join(folder, name), "utf8"),
        })),
      );
    }),
  );
  return found.flat();
}

function toModel(
  file: DiskFile,
  yaml: { file: string; model: SchemaFile["models"][number] } | undefined,
  settings: { name: string; models: Record<string, Json> },
  macros: Macros,
  vars: Record<string, Json>,
): Model | null {
  const fqn = [settings.name, ...file.folders, file.name];
  const parsed = parseTemplate(file, { name: settings.name, macros, vars });
  const own = checkedWith(modelConfigSchema, parsed.config, `${file.path}: config(…)`);
  const { enabled, ...config } = mergeConfig(fqn, settings.models, [yaml?.model.config ?? {}, own]);
  if (!enabled) return null;
  const place = yaml ? `${yaml.file}: models.${file.name}.config.meta` : file.path;
  return {
    name: file.name,
    path: file.path,
    text: file.text,
    schemaPath: yaml?.file ?? null,
    fqn,
    description: yaml?.model.description ?? "",
    columns: yaml?.model.columns ?? [],
    tests: yaml?.model.data_tests ?? [],
    dependsOn: parsed.dependsOn,
    config,
    table: "kind" in config.meta ? checkedWith(tableMetaSchema, config.meta, place) : null,
  };
}

function toSources(
  schemas: { file: string; content: SchemaFile }[],
  macros: Macros,
  vars: Record<string, Json>,
): Map<string, Source> {
  const all = schemas.flatMap(({ file, content }) =>
    content.sources.flatMap((source) =>
      source.tables.map((table): [string, Source] => {
        const place = renderJinja(source.config.meta.external_location, file, macros, {
          var: variable(vars, (what) => new AppError("BAD_INPUT", `${file}: ${what}`)),
        }).replaceAll("{name}", table.name);
        const location = isSqlAlready(place) ? place : quoteText(place);
        return [`${source.name}.${table.name}`, { ...table, source: source.name, path: file, location }];
      }),
    ),
  );
  const named = new Map<string, Source>();
  for (const [key, source] of all) {
    const other = named.get(key);
    if (other)
      throw new AppError("BAD_INPUT", `The source ${key} is named twice: ${other.path} and ${source.path}.`);
    named.set(key, source);
  }
  return named;
}

/** A whole call, `read_parquet(…)`, or a quoted path. In a bare path any character may stand. */
function isSqlAlready(place: string): boolean {
  return /^(\w+\(.*\)|'.*')$/s.test(place);
}

function isSql({ path: file }: TemplateFile): boolean {
  return file.endsWith(".sql");
}

function split<T>(all: T[], first: (one: T) => boolean): [T[], T[]] {
  return [all.filter(first), all.filter((one) => !first(one))];
}
