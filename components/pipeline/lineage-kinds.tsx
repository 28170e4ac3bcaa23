import type { GraphNode } from "./lineage-types";

/** The colour of a node's edge, by its kind. */
export const layerTone: Record<GraphNode["kind"], string> = {
  source: "fill-faint",
  computed: "fill-warn",
  staging: "fill-code-number",
  intermediate: "fill-code-keyword",
  feature: "fill-accent",
};

const words: Record<GraphNode["kind"], string> = {
  source: "source",
  computed: "computed",
  staging: "staging",
  intermediate: "between",
  feature: "feature table",
};

export function KindKey({ kind }: { kind: GraphNode["kind"] }) {
  return (
    <span className="inline-flex items-center gap-1.5 whitespace-nowrap">
      <svg aria-hidden="true" viewBox="0 0 8 8" className="size-2">
        <rect width="8" height="8" rx="1.5" className={layerTone[kind]} />
      </svg>
      {words[kind]}
    </span>
  );
}
