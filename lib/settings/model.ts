import type { Problems } from "./read";
import type { Settings } from "./schema";

/** How a language model is reached, and what it may take. */
export interface ModelAccess {
  apiKey: string;
  /** An OpenAI-compatible endpoint; null: OpenAI's own. */
  baseUrl: string | null;
  model: string;
  /** Milliseconds until the first token, and for the whole answer with its retries. */
  firstTokenTimeout: number;
  totalTimeout: number;
  /** In and out, all calls of a turn together. */
  tokensPerTurn: number;
}

export type EmbeddingSettings =
  | { maker: "latent" }
  | { maker: "minilm"; modelsDir: string }
  | { maker: "openai"; apiKey: string; baseUrl: string | null; model: string };

export function modelAccess(s: Settings): ModelAccess {
  return {
    apiKey: s.OPENAI_API_KEY ?? "",
    baseUrl: s.OPENAI_BASE_URL ?? null,
    model: s.OPENAI_MODEL,
    firstTokenTimeout: s.OPENAI_FIRST_TOKEN_SECONDS * 1000,
    totalTimeout: s.OPENAI_TOTAL_SECONDS * 1000,
    tokensPerTurn: s.OPENAI_TOKENS_PER_TURN,
  };
}

/** Who makes vectors; what is missing is added to `problems`. Without a choice: MiniLM where its files are. */
export function readEmbeddingSettings(s: Settings, problems: Problems): EmbeddingSettings {
  const maker = s.EMBEDDINGS ?? (s.MODELS_DIR ? "minilm" : "latent");
  if (maker === "latent") return { maker };
  if (maker === "minilm") {
    if (!s.MODELS_DIR) problems.add("MODELS_DIR", "needed when EMBEDDINGS is minilm");
    return { maker, modelsDir: s.MODELS_DIR ?? "" };
  }
  if (!s.OPENAI_API_KEY) problems.add("OPENAI_API_KEY", "needed when EMBEDDINGS is openai");
  const { OPENAI_API_KEY: apiKey = "", OPENAI_BASE_URL: baseUrl = null } = s;
  return { maker, apiKey, baseUrl, model: s.OPENAI_EMBEDDING_MODEL };
}
