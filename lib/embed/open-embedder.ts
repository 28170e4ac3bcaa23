import { createHash } from "node:crypto";
import { AppError } from "@/lib/errors";
import { embedWithModel, type TokenLedger } from "@/lib/language-model";
import type { EmbeddingSettings } from "@/lib/settings/model";
import { hasMiniLm, openMiniLm } from "./minilm";
import type { Embedder } from "./port";

/** A maker of vectors, and the budget of one that is paid. */
export type VectorMaker =
  | Exclude<EmbeddingSettings, { maker: "openai" }>
  | (Extract<EmbeddingSettings, { maker: "openai" }> & { ledger: TokenLedger });

/** One beside the latent vectors, which are fitted to their collection. */
export type ModelMaker = Exclude<VectorMaker, { maker: "latent" }>;

/** The maker that the settings name; what it takes, if it is paid, is counted by the ledger. */
export function countedBy(ledger: TokenLedger, settings: EmbeddingSettings): VectorMaker {
  return settings.maker === "openai" ? { ...settings, ledger } : settings;
}

/**
 * The model of a maker.
 * @throws AppError PLANNER_UNAVAILABLE where its files are missing or cannot be loaded
 */
export async function openEmbedder(maker: ModelMaker): Promise<Embedder> {
  return maker.maker === "openai" ? openAiEmbedder(maker) : localEmbedder(maker.modelsDir);
}

/** The same model's name at another address may be another model. */
function openAiEmbedder(maker: Extract<ModelMaker, { maker: "openai" }>): Embedder {
  const { model, baseUrl } = maker;
  const place = createHash("sha256")
    .update(`${model} ${baseUrl ?? ""}`)
    .digest("hex")
    .slice(0, 8);
  return {
    name: model,
    key: `openai-${model
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .slice(0, 40)}-${place}`,
    embed: (texts, signal) => embedWithModel(texts, maker, signal),
  };
}

async function localEmbedder(modelsDir: string): Promise<Embedder> {
  if (!hasMiniLm(modelsDir)) {
    throw new AppError("PLANNER_UNAVAILABLE", "MODELS_DIR has no complete all-MiniLM-L6-v2.");
  }
  try {
    return await openMiniLm(modelsDir);
  } catch (error) {
    throw new AppError("PLANNER_UNAVAILABLE", "MiniLM could not be loaded.", { cause: error });
  }
}
