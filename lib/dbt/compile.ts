import { AppError } from "@/lib/errors";
import { quoteName } from "@/lib/warehouse";
import { jinjaContext } from "./context";
import { tableName } from "./declare-tables";
import { renderJinja } from "./jinja";
import type { DependsOn, Model, Project, TemplateFile } from "./project";

/** How models and sources are called in SQL. */
export interface Relations {
  model: (model: Model) => string;
  source: (key: string) => string;
}

/** In an engine that has the mart's file open as `mart` and the working database as `working`. */
export function builtRelations(project: Project, mart: string, working: string): Relations {
  return {
    model: (model) =>
      model.table
        ? `${quoteName(mart)}.main.${quoteName(tableName(model))}`
        : `${quoteName(working)}.main.${quoteName(model.name)}`,
    source: (key) => project.sources.get(key)?.location ?? "",
  };
}

/**
 * A model's SQL with everything filled in.
 * @throws AppError BAD_INPUT naming the file
 */
export function compileModel(project: Project, model: Model, relations: Relations): string {
  return renderedOnce(project, model).replace(marks, (_, kind: string, name: string) => {
    if (kind === "source") return relations.source(name);
    return relations.model(project.models.get(name) ?? model);
  });
}

/** Of each project, by the model's name. A model is asked for by those who build it, trace it and document it. */
const rendered = new WeakMap<Project, Map<string, string>>();

/** With a mark wherever a model or source is called by name. */
function renderedOnce(project: Project, model: Model): string {
  const known = rendered.get(project) ?? new Map<string, string>();
  rendered.set(project, known);
  const text =
    known.get(model.name) ??
    compileTemplate(project, model, model.dependsOn, marked, {
      this: marked.model(model),
      model: {
        name: model.name,
        resource_type: "model",
        unique_id: uniqueId(project, model),
        description: model.description,
        tags: model.config.tags,
        config: model.config,
      },
    });
  known.set(model.name, text);
  return text;
}

/** Characters that no SQL has. */
const [opened, closed] = ["\uE000", "\uE001"];
const marks = new RegExp(`${opened}(model|source):([^${closed}]*)${closed}`, "g");
const marked: Relations = {
  model: ({ name }) => `${opened}model:${name}${closed}`,
  source: (key) => `${opened}source:${key}${closed}`,
};

/** As {@link compileModel}, of any file that may refer to models: tests too. */
export function compileTemplate(
  project: Project,
  file: TemplateFile,
  dependsOn: DependsOn,
  relations: Relations,
  { more, ...node }: { this: string; model: Record<string, unknown>; more?: Record<string, unknown> },
): string {
  const late = (what: string) =>
    new AppError(
      "BAD_INPUT",
      `${file.path}: ${what} is not found before the SQL is run. Refer to it outside \`if execute\`.`,
    );
  const context = jinjaContext({
    file: file.path,
    project: project.name,
    vars: project.vars,
    execute: true,
    ref: (name) => {
      const model = project.models.get(name);
      if (!model || !dependsOn.models.includes(name)) throw late(`the model ${name}`);
      return relations.model(model);
    },
    source: (source, table) => {
      const key = `${source}.${table}`;
      if (!dependsOn.sources.includes(key)) throw late(`the source ${key}`);
      return relations.source(key);
    },
    ...node,
  });
  return renderJinja(file.text, file.path, project.macros, { ...context, ...more });
}

/** dbt's name of a node in the whole project. */
export function uniqueId(project: Pick<Project, "name">, { name }: Pick<Model, "name">): string {
  return `model.${project.name}.${name}`;
}
