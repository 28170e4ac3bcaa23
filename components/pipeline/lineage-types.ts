export interface GraphNode {
  id: string;
  /** As the project spells it; of a source with its source's name. */
  name: string;
  kind: "source" | "computed" | "staging" | "intermediate" | "feature";
  description: string;
  columns: number;
}

export interface GraphEdge {
  from: string;
  to: string;
}

export interface PlacedNode extends GraphNode {
  x: number;
  y: number;
}

export interface PlacedGraph {
  nodes: PlacedNode[];
  edges: GraphEdge[];
  width: number;
  height: number;
}

/** A column with what the SQL shows of where it comes from. */
export interface TracedColumn {
  name: string;
  description: string;
  /** Columns of sources, as `source.table.column` (`….*` where rows are counted); null where the SQL does not show it. */
  sources: string[] | null;
  /** Ids of the nodes between, and at both ends. */
  through: string[];
  /** Of computed tables that say who made them: the language model, or the offline scorer. */
  makers: { table: string; makers: string[] }[];
}

export interface ColumnsAnswer {
  all: number;
  columns: TracedColumn[];
}
