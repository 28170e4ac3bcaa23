import { AppError } from "@/lib/errors";
import { jinjaContext } from "./context";
import { renderJinja } from "./jinja";
import type { DependsOn, Project, TemplateFile } from "./project";
import { type Json, type ModelConfig, modelConfigSchema } from "./schema";
import { checkedWith } from "./yaml";

/**
 * What a file depends on and configures, found by rendering it once with `execute` false, as dbt does.
 * @throws AppError BAD_INPUT
 */
export function parseTemplate(
  file: TemplateFile,
  { name: project, macros, vars }: Pick<Project, "name" | "macros" | "vars">,
): { dependsOn: DependsOn; config: Record<string, unknown> } {
  const models = new Set<string>();
  const sources = new Set<string>();
  let config: Record<string, unknown> = {};
  const context = jinjaContext({
    file: file.path,
    project,
    vars,
    execute: false,
    ref: (model) => {
      models.add(model);
      return model;
    },
    source: (source, table) => {
      sources.add(`${source}.${table}`);
      return table;
    },
    this: file.name,
    config: (values) => {
      config = { ...config, ...values };
    },
    model: { name: file.name, config: {} },
  });
  renderJinja(file.text, file.path, macros, context);
  return {
    dependsOn: { models: [...models].sort(), sources: [...sources].sort() },
    config,
  };
}

/**
 * A model's config: dbt_project.yml's by folder, then YAML's, then the file's own; the later wins, tags add up.
 * @throws AppError BAD_INPUT
 */
export function mergeConfig(
  fqn: string[],
  project: Record<string, Json>,
  more: ModelConfig[],
): { materialized: "table" | "view"; tags: string[]; enabled: boolean; meta: Record<string, Json> } {
  const all = [...ofFolders(fqn, project), ...more];
  return {
    materialized: all.findLast(({ materialized }) => materialized)?.materialized ?? "view",
    enabled: all.findLast(({ enabled }) => enabled !== undefined)?.enabled ?? true,
    tags: [...new Set(all.flatMap(({ tags }) => tags ?? []))].sort(),
    meta: Object.assign({}, ...all.map(({ meta }) => meta ?? {})),
  };
}

/** `{+materialized: …, project: {folder: {+tags: …}}}`: what has a plus is config of the folder, the rest are folders. */
function ofFolders([next, ...below]: string[], tree: Record<string, Json>): ModelConfig[] {
  const own = Object.fromEntries(
    Object.entries(tree).flatMap(([key, value]) => (key.startsWith("+") ? [[key.slice(1), value]] : [])),
  );
  const config = checkedWith(modelConfigSchema, own, "dbt_project.yml: models");
  const folder = next === undefined ? undefined : tree[next];
  if (folder === undefined) return [config];
  if (typeof folder !== "object" || folder === null || Array.isArray(folder)) {
    throw new AppError("BAD_INPUT", `dbt_project.yml: models.${next}: write config with a plus, as in +tags`);
  }
  return [config, ...ofFolders(below, folder)];
}
