import type { HierarchicalNSW } from "hnswlib-node";

/** The part of the native module that is used; a test gives one that fails to load. */
export type HnswLoader = () => Promise<{ HierarchicalNSW: typeof HierarchicalNSW }>;

export interface Hnsw {
  /** Items by falling cosine; may miss one now and then. */
  nearest(
    vector: Float32Array,
    count: number,
    accept?: (item: number) => boolean,
  ): { item: number; cosine: number }[];
  save(file: string): Promise<void>;
}

/** Written into the seal of a saved index: an index made otherwise is built again. */
export const hnswParameters = { m: 16, efConstruction: 80, ef: 96, seed: 100 };

const loadNative: HnswLoader = async () => {
  const loaded = await import("hnswlib-node");
  return "HierarchicalNSW" in loaded ? loaded : (loaded as { default: typeof loaded }).default;
};

/** The native library's maker of indexes, or null where it cannot be loaded on this machine. */
export async function loadHnsw(load: HnswLoader = loadNative): Promise<HnswMaker | null> {
  try {
    const { HierarchicalNSW: Index } = await load();
    return maker(Index);
  } catch {
    return null;
  }
}

export interface HnswMaker {
  build(vectors: Float32Array[]): Promise<Hnsw>;
  /** Only for a file whose hash was checked: a damaged one can end the process. */
  read(file: string, dimensions: number): Promise<Hnsw>;
}

/** How many insertions are done before other work gets its turn. */
const stride = 200;

function maker(Index: typeof HierarchicalNSW): HnswMaker {
  return {
    async build(vectors) {
      const index = new Index("ip", vectors[0]?.length ?? 1);
      index.initIndex(
        Math.max(1, vectors.length),
        hnswParameters.m,
        hnswParameters.efConstruction,
        hnswParameters.seed,
      );
      for (const [item, vector] of vectors.entries()) {
        index.addPoint(Array.from(vector), item);
        if (item % stride === stride - 1) await new Promise((resolve) => setImmediate(resolve));
      }
      return wrap(index);
    },
    async read(file, dimensions) {
      const index = new Index("ip", dimensions);
      await index.readIndex(file);
      return wrap(index);
    },
  };
}

function wrap(index: HierarchicalNSW): Hnsw {
  return {
    nearest(vector, count, accept) {
      const wanted = Math.min(count, index.getCurrentCount());
      if (wanted === 0) return [];
      index.setEf(Math.max(hnswParameters.ef, 2 * wanted));
      const { neighbors, distances } = index.searchKnn(Array.from(vector), wanted, accept);
      return neighbors.map((item, i) => ({ item, cosine: 1 - (distances[i] ?? 1) }));
    },
    async save(file) {
      await index.writeIndex(file);
    },
  };
}
