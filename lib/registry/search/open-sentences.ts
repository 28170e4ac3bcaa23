import path from "node:path";
import { type ModelMaker, openEmbedder, withVectorCache } from "@/lib/embed";
import { cosineScale } from "./cosine-scale";
import type { Documents } from "./documents";
import type { HnswLoader } from "./hnsw";
import { phraseVectors } from "./phrase-vectors";
import { openSemantics, type Semantics } from "./semantics";

export interface Sentences extends Semantics {
  /** Why the model gave no vector of the last phrase, for a person; null where it did. */
  readonly problem: string | null;
}

/**
 * A sentence model's vectors of the registry, each made once and kept under `directory`, by maker and model; so are the indexes
 * over them. May take minutes the first time.
 * @throws AppError PLANNER_UNAVAILABLE, MODEL_BUDGET_USED
 */
export async function openSentences(
  documents: Documents,
  options: {
    embeddings: ModelMaker;
    directory: string;
    indexName: string;
    onProgress?: (done: number, total: number) => void;
    signal?: AbortSignal;
    loadHnsw?: HnswLoader;
  },
): Promise<Sentences> {
  const { directory, indexName, onProgress, loadHnsw } = options;
  const model = await openEmbedder(options.embeddings);
  const cached = withVectorCache(model, path.join(directory, "vectors"), onProgress);
  const vectors = await cached.embed([...documents.featureTexts, ...documents.tableTexts], options.signal);
  const phrases = phraseVectors(model);
  const semantics = await openSemantics({
    ...{ name: model.name, vectorOf: phrases.of, vectors, documents, directory },
    file: `${indexName}-${model.key}`,
    scale: await cosineScale(withVectorCache(model, path.join(directory, "vectors"))),
    load: loadHnsw,
  });
  return {
    ...semantics,
    get problem() {
      return phrases.problem;
    },
  };
}
