import { fitLatent, type VectorMaker } from "@/lib/embed";
import { toAppError } from "@/lib/errors";
import { log } from "@/lib/log";
import type { RegistrySearch } from "@/lib/registry/search-port";
import type { Registry } from "@/lib/registry/types";
import { type Documents, documentsOf } from "./documents";
import { gatherEvidence, lexiconsOf } from "./evidence";
import type { HnswLoader } from "./hnsw";
import { openSentences, type Sentences } from "./open-sentences";
import { mainEntity, preferenceFor } from "./preference";
import { rankFeatures } from "./rank-features";
import { rankTables } from "./rank-tables";
import { openSemantics, type Semantics } from "./semantics";

export interface SearchOptions {
  registry: Registry;
  /** Where indexes and vectors are kept; several registries and processes may share it. */
  directory: string;
  /** Whose vectors take part beside the latent ones. */
  embeddings: VectorMaker;
  /** Hears how many texts the sentence model has embedded. */
  onProgress?: (done: number, total: number) => void;
  /** Ends the preparation of a sentence model; the next start goes on from there. */
  signal?: AbortSignal;
  /** Loads the native index; a test gives one that fails. */
  loadHnsw?: HnswLoader;
}

export interface OpenSearch extends RegistrySearch {
  /** Settles when the sentence model takes part, or could not be prepared; searching need not wait for it. */
  readonly settled: Promise<void>;
}

/** Milliseconds until a sentence model that could not be prepared may be tried again; what it had made is kept. */
const rest = 600_000;

/**
 * Opens the search over a registry: BM25 fused with latent vectors, at once; a sentence model joins in when its vectors are
 * made. Never fails for want of a model or of the native index: `description` says what is used and what is wrong.
 */
export async function openSearch(options: SearchOptions): Promise<OpenSearch> {
  const documents = documentsOf(options.registry);
  const lexicons = lexiconsOf(documents);
  const indexName = options.registry.mart.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  const latent = await openLatent(documents, indexName, options);
  const main = mainEntity(options.registry);
  const { embeddings } = options;
  let sentence: Sentences | null = null;
  let remark = embeddings.maker === "latent" ? "" : "; the sentence model is being prepared";
  let againAt = Number.POSITIVE_INFINITY;
  const settled = prepareSentences();

  async function prepareSentences(): Promise<void> {
    if (embeddings.maker === "latent") return;
    try {
      sentence = await openSentences(documents, { ...options, embeddings, indexName });
      remark = "";
    } catch (thrown) {
      if (options.signal?.aborted) return;
      const error = toAppError(thrown);
      log.warn("sentence model left out", { maker: embeddings.maker, error });
      remark = `; without a sentence model: ${error.message}`;
      againAt = performance.now() + rest;
    }
  }

  /** A budget is renewed, and a server comes back, while this process goes on. */
  async function evidenceOf(phrase: string, accept?: (feature: number) => boolean) {
    if (performance.now() >= againAt) {
      againAt = Number.POSITIVE_INFINITY;
      void prepareSentences();
    }
    return gatherEvidence(phrase, { lexicons, latent, sentence }, accept);
  }

  return {
    settled,
    get description() {
      const vectors = sentence ? `${sentence.name} and ${latent.name}` : latent.name;
      const problem = sentence?.problem ? `; ${sentence.problem}` : "";
      return `words (BM25) fused with ${vectors}, ${latent.searchedBy}${remark}${problem}`;
    },
    async rank(phrase, { limit = 10, entity = main } = {}) {
      const evidence = await evidenceOf(phrase);
      return rankTables(evidence, documents, limit, preferenceFor(entity, documents));
    },
    async rankFeatures(phrase, { limit = 10, table } = {}) {
      const accept = (feature: number) => table === undefined || documents.features[feature]?.table === table;
      const evidence = await evidenceOf(phrase, accept);
      return rankFeatures(evidence, documents, accept, limit);
    },
  };
}

function openLatent(documents: Documents, indexName: string, options: SearchOptions): Promise<Semantics> {
  const latent = fitLatent([...documents.featureTerms, ...documents.tableTerms]);
  return openSemantics({
    name: latent.name,
    vectorOf: async (phrase) => (await latent.embed([phrase]))[0] ?? null,
    vectors: [...documents.featureTerms, ...documents.tableTerms].map(latent.embedTerms),
    documents,
    directory: options.directory,
    file: `${indexName}-${latent.key}`,
    load: options.loadHnsw,
  });
}
