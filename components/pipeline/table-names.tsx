import type { GraphNode } from "./lineage-types";

/** Names of tables of the graph, to choose one of. */
export function TableNames({
  nodes,
  label,
  onChoose,
}: {
  nodes: GraphNode[];
  label?: string;
  onChoose(id: string): void;
}) {
  return (
    <ul aria-label={label} className="flex flex-wrap gap-1">
      {nodes.map(({ id, name }) => (
        <li key={id}>
          <button
            type="button"
            onClick={() => onChoose(id)}
            className="rounded border border-line bg-surface px-1.5 font-mono text-2xs hover:bg-hover"
          >
            {name}
          </button>
        </li>
      ))}
    </ul>
  );
}
