import type { Embedder } from "@/lib/embed";
import type { Documents } from "./documents";
import type { HnswLoader } from "./hnsw";
import { cosine, openVectorIndex, type VectorIndex } from "./vector-index";

/** How near a phrase is in meaning, by one maker of vectors. Cosines; 0 where nothing is near. */
export interface Nearness {
  tables: Float64Array;
  /** The nearest features only. */
  features: Map<number, number>;
}

/** One maker's vectors of the whole registry. */
export interface Semantics {
  readonly name: string;
  readonly searchedBy: string;
  near(phrase: string, accept?: (feature: number) => boolean): Promise<Nearness>;
}

/** How many features the index is asked for: enough that a table with a few fitting features is not crowded out. */
const neighbours = 200;

export async function openSemantics(options: {
  embedder: Embedder;
  documents: Documents;
  featureVectors: Float32Array[];
  tableVectors: Float32Array[];
  directory: string;
  name: string;
  load?: HnswLoader;
}): Promise<Semantics> {
  const { embedder, featureVectors, tableVectors, directory, name, load } = options;
  const index: VectorIndex = await openVectorIndex({ vectors: featureVectors, directory, name, load });
  return {
    name: embedder.name,
    searchedBy: index.description,
    async near(phrase, accept) {
      const [vector] = await embedder.embed([phrase]);
      const tables = new Float64Array(tableVectors.length);
      if (!vector?.some((x) => x !== 0)) return { tables, features: new Map() };
      tableVectors.forEach((other, t) => {
        tables[t] = Math.max(0, cosine(vector, other));
      });
      const nearest = index.nearest(vector, neighbours, accept);
      return { tables, features: new Map(nearest.map((hit) => [hit.item, Math.max(0, hit.cosine)])) };
    },
  };
}
