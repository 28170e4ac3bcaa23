import { createHash } from "node:crypto";
import { quoteName } from "@/lib/warehouse";
import { builtRelations, compileModel, type Relations, uniqueId } from "./compile";
import { declareTable, tableName } from "./declare-tables";
import { buildOrder } from "./graph";
import type { Lineage } from "./lineage";
import type { DependsOn, Model, Project } from "./project";
import type { Json } from "./schema";
import { compileTest, listTests, type TestNode } from "./test-nodes";

/** The fields that dbt's own manifest has under the same names; those that would say nothing here are left out. */
export interface Manifest {
  metadata: {
    project_name: string;
    project_version: string;
    adapter_type: "duckdb";
    vars: Record<string, Json>;
  };
  nodes: Record<string, ManifestNode>;
  sources: Record<string, ManifestSource>;
  parent_map: Record<string, string[]>;
  child_map: Record<string, string[]>;
}

export interface ManifestNode {
  unique_id: string;
  resource_type: "model" | "test";
  name: string;
  /** The table in the mart's file; null for what is not kept. */
  relation_name: string | null;
  fqn: string[];
  original_file_path: string;
  patch_path: string | null;
  description: string;
  config: Record<string, Json>;
  tags: string[];
  columns: Record<string, ManifestColumn>;
  raw_code: string;
  compiled_code: string;
  checksum: { name: "sha256"; checksum: string };
  depends_on: { nodes: string[] };
  /** Of a test: the model and column it is about. */
  attached_node?: string;
  column_name?: string;
}

export interface ManifestColumn {
  name: string;
  description: string;
  data_type: string | null;
  meta: Record<string, Json>;
}

export interface ManifestSource {
  unique_id: string;
  resource_type: "source";
  source_name: string;
  name: string;
  original_file_path: string;
  description: string;
  columns: Record<string, ManifestColumn>;
}

/**
 * What the project says, with every template filled in: the base of docs pages and graphs. It holds no path of a machine:
 * sources are written `"conformed"."cities"`.
 * @param lineage names the columns of models that no YAML describes
 */
export function makeManifest(
  project: Project,
  lineage: Lineage,
  sourceColumns: Map<string, string[]>,
): Manifest {
  const relations: Relations = {
    ...builtRelations(project, "mart", "working"),
    source: (key) => key.split(".").map(quoteName).join("."),
  };
  const models = buildOrder(project).map((model) => modelNode(project, model, relations, lineage));
  const tests = listTests(project).map((test) => testNode(project, test, relations));
  const nodes = [...models, ...tests];
  const sources = [...project.sources].map(([key, source]): ManifestSource => {
    const described = new Map(source.columns.map((column) => [column.name, column.description]));
    const names = sourceColumns.get(key) ?? [...described.keys()];
    return {
      unique_id: sourceId(project, key),
      resource_type: "source",
      ...{ source_name: source.source, name: source.name, original_file_path: source.path },
      description: source.description,
      columns: byName(
        names.map((name) => ({ name, description: described.get(name) ?? "", data_type: null, meta: {} })),
      ),
    };
  });
  const { conformed: _conformed, augment: _augment, ...vars } = project.vars;
  return {
    metadata: { project_name: project.name, project_version: project.version, adapter_type: "duckdb", vars },
    nodes: byId(nodes),
    sources: byId(sources),
    ...relationsOf(nodes, sources),
  };
}

function modelNode(project: Project, model: Model, relations: Relations, lineage: Lineage): ManifestNode {
  const { materialized, tags, meta } = model.config;
  return {
    unique_id: uniqueId(project, model),
    resource_type: "model",
    name: model.name,
    relation_name: model.table ? tableName(model) : null,
    fqn: model.fqn,
    original_file_path: model.path,
    patch_path: model.schemaPath,
    description: model.description,
    config: { materialized, tags, meta },
    tags,
    columns: byName(columnsOf(model, lineage)),
    raw_code: model.text,
    compiled_code: compileModel(project, model, relations),
    checksum: checksum(model.text),
    depends_on: { nodes: idsOf(project, model.dependsOn) },
  };
}

function columnsOf(model: Model, lineage: Lineage): ManifestColumn[] {
  const declared = declareTable(model);
  if (declared) {
    return declared.features.map(({ name, description, type, table: _table, ...meta }) => ({
      ...{ name, description, data_type: type },
      meta: { ...meta, derived: meta.derived ? { ...meta.derived } : null } as Record<string, Json>,
    }));
  }
  const described = new Map(model.columns.map((column) => [column.name.toLowerCase(), column]));
  const names = Object.keys(lineage[model.name] ?? {}).filter((name) => name !== "*");
  return [...new Set([...names, ...described.keys()])].map((name) => {
    const column = described.get(name);
    return {
      name,
      description: column?.description ?? "",
      data_type: null,
      meta: column?.config?.meta ?? {},
    };
  });
}

function testNode(project: Project, test: TestNode, relations: Relations): ManifestNode {
  const subject = test.model === null ? undefined : project.models.get(test.model);
  return {
    unique_id: `test.${project.name}.${test.name}`,
    resource_type: "test",
    name: test.name,
    relation_name: null,
    fqn: [project.name, test.name],
    original_file_path: subject?.schemaPath ?? test.file.path,
    patch_path: null,
    description: "",
    config: { severity: test.severity, test: test.generic, arguments: test.arguments },
    tags: [],
    columns: {},
    raw_code: test.file.text,
    compiled_code: compileTest(project, test, relations),
    checksum: checksum(test.file.text),
    depends_on: { nodes: idsOf(project, test.dependsOn) },
    ...(subject ? { attached_node: uniqueId(project, subject) } : {}),
    ...(test.column ? { column_name: test.column } : {}),
  };
}

function idsOf(project: Project, { models, sources }: DependsOn): string[] {
  return [
    ...models.map((name) => uniqueId(project, { name })),
    ...sources.map((key) => sourceId(project, key)),
  ];
}

function sourceId(project: Project, key: string): string {
  return `source.${project.name}.${key}`;
}

function relationsOf(nodes: ManifestNode[], sources: ManifestSource[]) {
  const parents = new Map([...nodes, ...sources].map(({ unique_id }): [string, string[]] => [unique_id, []]));
  const children = new Map([...parents.keys()].map((id): [string, string[]] => [id, []]));
  for (const { unique_id, depends_on } of nodes) {
    parents.set(unique_id, depends_on.nodes);
    for (const parent of depends_on.nodes) children.get(parent)?.push(unique_id);
  }
  return { parent_map: Object.fromEntries(parents), child_map: Object.fromEntries(children) };
}

function byId<T extends { unique_id: string }>(all: T[]): Record<string, T> {
  return Object.fromEntries(all.map((one) => [one.unique_id, one]));
}

function byName(columns: ManifestColumn[]): Record<string, ManifestColumn> {
  return Object.fromEntries(columns.map((column) => [column.name, column]));
}

function checksum(text: string): ManifestNode["checksum"] {
  return { name: "sha256", checksum: createHash("sha256").update(text).digest("hex") };
}
