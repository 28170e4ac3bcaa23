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
  /** Null where there is no vector of the phrase to go by. */
  near(phrase: string, accept?: (feature: number) => boolean): Promise<Nearness | null>;
}

/** How many features the index is asked for: enough that a table with a few fitting features is not crowded out. */
const neighbours = 200;

export async function openSemantics(options: {
  /** Of the maker, for people. */
  name: string;
  vectorOf(phrase: string): Promise<Float32Array | null>;
  /** Of the documents' features and then their tables. */
  vectors: Float32Array[];
  documents: Documents;
  directory: string;
  /** Of the index's file: one per registry, maker and model. */
  file: string;
  /** Makes cosines of this maker comparable with those of others. */
  scale?: (cosine: number) => number;
  load?: HnswLoader;
}): Promise<Semantics> {
  const { name, vectorOf, vectors, documents, directory, file, scale = (value) => value, load } = options;
  const featureVectors = vectors.slice(0, documents.features.length);
  const tableVectors = vectors.slice(documents.features.length);
  const index: VectorIndex = await openVectorIndex({ vectors: featureVectors, directory, name: file, load });
  const share = (value: number) => Math.max(0, scale(value));
  return {
    name,
    searchedBy: index.description,
    async near(phrase, accept) {
      const vector = await vectorOf(phrase);
      // A maker that has become another one since: its vectors cannot be compared with those that are indexed.
      if (!vector || vector.length !== vectors[0]?.length) return null;
      const tables = new Float64Array(tableVectors.length);
      if (!vector.some((x) => x !== 0)) return { tables, features: new Map() };
      tableVectors.forEach((other, t) => {
        tables[t] = share(cosine(vector, other));
      });
      const nearest = index.nearest(vector, neighbours, accept);
      return { tables, features: new Map(nearest.map((hit) => [hit.item, share(hit.cosine)])) };
    },
  };
}
