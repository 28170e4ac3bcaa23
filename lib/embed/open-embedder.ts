import { createHash } from "node:crypto";
import { AppError } from "@/lib/errors";
import { embedWithModel } from "@/lib/language-model";
import type { EmbeddingSettings } from "@/lib/settings/model";
import { hasMiniLm, openMiniLm } from "./minilm";
import type { Embedder } from "./port";

/** Settings that name a maker of vectors beside the latent ones, which are fitted to their collection. */
export type ModelMaker = Exclude<EmbeddingSettings, { maker: "latent" }>;

/**
 * The model that the settings name.
 * @throws AppError PLANNER_UNAVAILABLE where its files are missing or cannot be loaded
 */
export async function openEmbedder(settings: ModelMaker): Promise<Embedder> {
  return settings.maker === "openai" ? openAiEmbedder(settings) : localEmbedder(settings.modelsDir);
}

/** The same model's name at another address may be another model. */
function openAiEmbedder(settings: Extract<ModelMaker, { maker: "openai" }>): Embedder {
  const { model, baseUrl } = settings;
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
    embed: (texts, signal) => embedWithModel(texts, settings, signal),
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
