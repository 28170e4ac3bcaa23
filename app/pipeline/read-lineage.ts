import { layoutGraph } from "@/components/pipeline/layout-graph";
import type { GraphNode, PlacedGraph } from "@/components/pipeline/lineage-types";
import type { Manifest, ManifestNode } from "@/lib/dbt";

/** The project as a graph: sources, staging, models between, feature tables. Tests are not part of it. */
export function graphOf({ nodes, sources, parent_map }: Manifest): PlacedGraph {
  const models = Object.values(nodes).filter(({ resource_type }) => resource_type === "model");
  const all: GraphNode[] = [
    ...Object.values(sources).map((source) => ({
      id: source.unique_id,
      name: `${source.source_name}.${source.name}`,
      // What the augment step computes is read as a source, too.
      kind: source.source_name === "augment" ? ("computed" as const) : ("source" as const),
      description: source.description,
      columns: Object.keys(source.columns).length,
    })),
    ...models.map((model) => ({
      id: model.unique_id,
      name: model.relation_name ?? model.name,
      kind: kindOf(model),
      description: model.description,
      columns: Object.keys(model.columns).length,
    })),
  ];
  const known = new Set(all.map(({ id }) => id));
  const edges = all.flatMap(({ id }) =>
    (parent_map[id] ?? []).filter((parent) => known.has(parent)).map((parent) => ({ from: parent, to: id })),
  );
  return layoutGraph(all, edges);
}

function kindOf({ relation_name, original_file_path }: ManifestNode): GraphNode["kind"] {
  if (relation_name !== null) return "feature";
  return original_file_path.includes("/staging/") ? "staging" : "intermediate";
}
