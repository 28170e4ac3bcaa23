import type { ColumnsAnswer, TracedColumn } from "@/components/pipeline/lineage-types";
import { type Lineage, type ManifestNode, sourcesOf } from "@/lib/dbt";
import { readMakers } from "./read-makers";
import type { BuiltProject } from "./read-project";
import type { RunSteps } from "./read-run-steps";

const mostColumns = 30;

/** The columns of a model whose name or description has all the words, each traced to the sources. */
export async function traceColumns(
  of: RunSteps,
  { manifest, lineage }: BuiltProject,
  model: ManifestNode,
  query: string,
): Promise<ColumnsAnswer> {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const found = Object.values(model.columns).filter(({ name, description }) =>
    words.every((word) => `${name} ${description}`.toLowerCase().includes(word)),
  );
  const ids = idsByPlace(manifest.nodes, manifest.sources);
  const columns = found.slice(0, mostColumns).map(async ({ name, description }): Promise<TracedColumn> => {
    const sources = sourcesOf(lineage, model.name, name);
    const through = [...nodesOn(lineage, `${model.name}.${name.toLowerCase()}`)].flatMap(
      (place) => ids.get(place) ?? [],
    );
    return { name, description, sources, through, makers: await readMakers(of, manifest, sources ?? []) };
  });
  return { all: found.length, columns: await Promise.all(columns) };
}

/** Every model and source table on the ways from a column to what it is computed from. */
function nodesOn(lineage: Lineage, start: string): Set<string> {
  const places = new Set([start]);
  const nodes = new Set<string>();
  // What is added while it is walked is walked too.
  for (const place of places) {
    const [node = "", ...rest] = place.split(".");
    const columns = lineage[node];
    // Of a source the name has two parts: source.table.column.
    nodes.add(columns ? node : `${node}.${rest[0]}`);
    for (const from of columns?.[rest.join(".")] ?? []) places.add(from);
  }
  return nodes;
}

function idsByPlace(nodes: Record<string, ManifestNode>, sources: BuiltProject["manifest"]["sources"]) {
  return new Map([
    ...Object.values(nodes).map(({ name, unique_id }) => [name, unique_id] as const),
    ...Object.values(sources).map((one) => [`${one.source_name}.${one.name}`, one.unique_id] as const),
  ]);
}
