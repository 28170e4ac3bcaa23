import { createHash } from "node:crypto";
import { type Hnsw, type HnswLoader, hnswParameters, loadHnsw } from "./hnsw";
import { openSealed, saveSealed } from "./sealed-file";

export interface VectorIndex {
  /** "HNSW", or what took its place. */
  readonly description: string;
  nearest: Hnsw["nearest"];
}

/**
 * Nearest vectors by cosine: HNSW, saved in `directory` under a seal over exactly these vectors and parameters, and
 * built again when the file is missing, damaged or of other vectors. Where the native library does not load, an exact
 * scan answers and the description says so.
 */
export async function openVectorIndex(options: {
  vectors: Float32Array[];
  directory: string;
  /** Of the saved file: one per maker of vectors. */
  name: string;
  load?: HnswLoader;
}): Promise<VectorIndex> {
  const { vectors, directory, name } = options;
  const library = await loadHnsw(options.load);
  if (!library) {
    return {
      description: "exact search (the native HNSW library did not load)",
      nearest: (vector, count, accept) => scan(vectors, vector, count, accept),
    };
  }
  const key = sealKey(vectors);
  const saved = await openSealed(directory, name, key);
  if (saved) {
    const index = await library.read(saved, vectors[0]?.length ?? 1).catch(() => null);
    if (index) return { description: "HNSW", nearest: index.nearest };
  }
  const index = await library.build(vectors);
  await saveSealed(directory, name, key, (file) => index.save(file));
  return { description: "HNSW", nearest: index.nearest };
}

function sealKey(vectors: Float32Array[]): string {
  const hash = createHash("sha256").update(JSON.stringify({ ...hnswParameters, count: vectors.length }));
  for (const vector of vectors)
    hash.update(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength));
  return hash.digest("hex");
}

/** Every vector compared: the answer that HNSW approximates. */
export function scan(
  vectors: Float32Array[],
  vector: Float32Array,
  count: number,
  accept: (item: number) => boolean = () => true,
): { item: number; cosine: number }[] {
  return vectors
    .map((other, item) => ({ item, cosine: cosine(vector, other) }))
    .filter(({ item }) => accept(item))
    .sort((a, b) => b.cosine - a.cosine || a.item - b.item)
    .slice(0, count);
}

/** Of two vectors of length one. */
export function cosine(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}
