import type { ColumnDocs, TableDocs } from "@/components/pipeline/docs-types";
import type { Manifest, ManifestNode, TestResult } from "@/lib/dbt";
import { readArtifact } from "./read-artifact";
import type { BuiltProject } from "./read-project";
import type { RunSteps } from "./read-run-steps";

const mostColumns = 300;

/** The registered tables of a project, by name. */
export function listTables({ manifest }: BuiltProject) {
  return Object.values(manifest.nodes)
    .filter(({ relation_name }) => relation_name !== null)
    .map((node) => ({
      name: node.relation_name ?? "",
      description: node.description,
      entity: metaOf(node).entity,
      columns: Object.keys(node.columns).length,
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What the project says of a table, its columns that have all words of the query, and how its tests went in this run. Null: no such table. */
export async function readTableDocs(
  of: RunSteps,
  { manifest }: BuiltProject,
  name: string,
  query: string,
): Promise<TableDocs | null> {
  const node = Object.values(manifest.nodes).find(({ relation_name }) => relation_name === name);
  if (!node) return null;
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const columns = columnsOf(node).filter((column) =>
    words.every((word) =>
      `${column.name} ${column.description} ${column.family}`.toLowerCase().includes(word),
    ),
  );
  const { entity, grain, keys, owner, synonyms = [], event_time, created_time } = metaOf(node);
  const results = await Promise.all(
    (["build", "augment"] as const).map((step) => readArtifact<TestResult[]>(of, step, "tests.json")),
  );
  const found = new Map(results.flatMap((some) => some ?? []).map((one) => [one.test, one]));
  return {
    ...{ id: node.unique_id, name, description: node.description, file: node.original_file_path },
    ...{ entity, grain, keys, owner, synonyms, eventTime: event_time, createdTime: created_time },
    columns: { all: columns.length, shown: columns.slice(0, mostColumns) },
    tests: testsOf(manifest, node).map(({ name: test, config, column_name: column = null }) => ({
      ...{ test, generic: text(config.test), column },
      found: found.get(test) ?? null,
    })),
    sql: node.compiled_code.trim(),
  };
}

/** What `config.meta` of a registered model says, in the manifest's spelling. */
interface TableMeta extends Pick<TableDocs, "entity" | "grain" | "keys" | "owner"> {
  synonyms?: string[];
  event_time?: string;
  created_time?: string;
}

function metaOf({ config }: ManifestNode): TableMeta {
  return config.meta as unknown as TableMeta;
}

function testsOf({ nodes }: Manifest, { unique_id }: ManifestNode): ManifestNode[] {
  return Object.values(nodes).filter(({ attached_node }) => attached_node === unique_id);
}

function columnsOf({ columns }: ManifestNode): ColumnDocs[] {
  return Object.values(columns).map(({ name, description, data_type, meta }) => ({
    ...{ name, description, type: data_type },
    unit: text(meta.unit),
    aggregation: text(meta.aggregation),
    family: text(meta.family),
    windowDays: typeof meta.windowDays === "number" ? meta.windowDays : null,
    isKey: meta.isKey === true,
    pii: meta.pii === true,
  }));
}

function text(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
