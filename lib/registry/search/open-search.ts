import path from "node:path";
import { fitLatent, hasMiniLm, openMiniLm, withVectorCache } from "@/lib/embed";
import type { RegistrySearch } from "@/lib/registry/search-port";
import type { Registry } from "@/lib/registry/types";
import type { EmbeddingSettings } from "@/lib/settings/model";
import { type Documents, documentsOf } from "./documents";
import { gatherEvidence, lexiconsOf } from "./evidence";
import type { HnswLoader } from "./hnsw";
import { mainEntity, preferenceFor } from "./preference";
import { rankFeatures } from "./rank-features";
import { rankTables } from "./rank-tables";
import { openSemantics, type Semantics } from "./semantics";

export interface SearchOptions {
  registry: Registry;
  /** Where indexes and vectors are kept; several registries and processes may share it. */
  directory: string;
  /** Whose vectors take part beside the latent ones. */
  embeddings: EmbeddingSettings;
  /** Hears how many texts the sentence model has embedded. */
  onProgress?: (done: number, total: number) => void;
  /** Loads the native index; a test gives one that fails. */
  loadHnsw?: HnswLoader;
}

export interface OpenSearch extends RegistrySearch {
  /** Settles when the sentence model takes part, or will not; searching need not wait for it. */
  readonly settled: Promise<void>;
}

/**
 * Opens the search over a registry: BM25 fused with latent vectors, at once; MiniLM joins in when its files are there
 * and its vectors are made. Never fails for want of a model or of the native index: `description` says what is used.
 */
export async function openSearch(options: SearchOptions): Promise<OpenSearch> {
  const documents = documentsOf(options.registry);
  const lexicons = lexiconsOf(documents);
  const latent = await openLatent(documents, options);
  const main = mainEntity(options.registry);
  let sentence: Semantics | null = null;
  let remark = "";
  const settled = prepareSentences().catch(() => {
    remark = "; MiniLM could not be loaded";
  });

  async function prepareSentences(): Promise<void> {
    if (options.embeddings.maker !== "minilm") return;
    const { modelsDir } = options.embeddings;
    if (!hasMiniLm(modelsDir)) {
      remark = "; MODELS_DIR has no complete all-MiniLM-L6-v2";
      return;
    }
    remark = "; MiniLM is being prepared";
    sentence = await openSentences(modelsDir, documents, options);
    remark = "";
  }

  return {
    settled,
    get description() {
      const vectors = sentence ? `${sentence.name} and ${latent.name}` : latent.name;
      return `words (BM25) fused with ${vectors}, ${latent.searchedBy}${remark}`;
    },
    async rank(phrase, { limit = 10, entity = main } = {}) {
      const evidence = await gatherEvidence(phrase, { lexicons, latent, sentence });
      return rankTables(evidence, documents, limit, preferenceFor(entity, documents));
    },
    async rankFeatures(phrase, { limit = 10, table } = {}) {
      const accept = (feature: number) => table === undefined || documents.features[feature]?.table === table;
      const evidence = await gatherEvidence(phrase, { lexicons, latent, sentence }, accept);
      return rankFeatures(evidence, documents, accept, limit);
    },
  };
}

function openLatent(documents: Documents, options: SearchOptions): Promise<Semantics> {
  const latent = fitLatent([...documents.featureTerms, ...documents.tableTerms]);
  return openSemantics({
    embedder: latent,
    documents,
    featureVectors: documents.featureTerms.map(latent.embedTerms),
    tableVectors: documents.tableTerms.map(latent.embedTerms),
    directory: options.directory,
    name: `${slug(options.registry.mart)}-latent`,
    load: options.loadHnsw,
  });
}

async function openSentences(
  modelsDir: string,
  documents: Documents,
  options: SearchOptions,
): Promise<Semantics> {
  const model = await openMiniLm(modelsDir);
  const cached = withVectorCache(model, path.join(options.directory, "minilm-vectors"), options.onProgress);
  const vectors = await cached.embed([...documents.featureTexts, ...documents.tableTexts]);
  return openSemantics({
    embedder: model,
    documents,
    featureVectors: vectors.slice(0, documents.features.length),
    tableVectors: vectors.slice(documents.features.length),
    directory: options.directory,
    name: `${slug(options.registry.mart)}-minilm`,
    load: options.loadHnsw,
  });
}

const slug = (name: string) => name.toLowerCase().replace(/[^a-z0-9]+/g, "-");
