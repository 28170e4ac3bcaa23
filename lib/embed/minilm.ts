import { existsSync } from "node:fs";
import path from "node:path";
import type { Embedder } from "./port";

const model = "all-MiniLM-L6-v2";
const files = [
  "config.json",
  "tokenizer.json",
  "tokenizer_config.json",
  path.join("onnx", "model_quantized.onnx"),
];
/** Texts a call: more block the event loop for longer, as the runtime computes on this thread. */
const batch = 4;

/** Whether the folder holds the model's files, so that a missing model is no surprise later. */
export function hasMiniLm(modelsDir: string): boolean {
  return files.every((file) => existsSync(path.join(modelsDir, model, file)));
}

/**
 * all-MiniLM-L6-v2, quantized, read from `modelsDir/all-MiniLM-L6-v2` and never from the network. About 65 short texts
 * a second and core, so whoever embeds many keeps the vectors.
 */
export async function openMiniLm(modelsDir: string): Promise<Embedder> {
  const { env, pipeline } = await import("@xenova/transformers");
  env.allowRemoteModels = false;
  env.localModelPath = path.isAbsolute(modelsDir) ? modelsDir : path.join(process.cwd(), modelsDir);
  const extract = await pipeline("feature-extraction", model, { quantized: true, local_files_only: true });
  return {
    name: "MiniLM",
    key: "minilm",
    async embed(texts, signal) {
      const vectors: Float32Array[] = [];
      for (let at = 0; at < texts.length; at += batch) {
        signal?.throwIfAborted();
        const output = await extract(texts.slice(at, at + batch), { pooling: "mean", normalize: true });
        const [count = 0, width = 0] = output.dims;
        for (let i = 0; i < count; i += 1)
          vectors.push(Float32Array.from(output.data.slice(i * width, (i + 1) * width)));
        await new Promise((resolve) => setImmediate(resolve));
      }
      return vectors;
    },
  };
}
