import path from "node:path";
import { config } from "@/lib/config";
import {
  addTerms,
  type Embedder,
  fitLatent,
  hasMiniLm,
  openMiniLm,
  type TermWeights,
  withVectorCache,
} from "@/lib/embed";
import { embedWithModel } from "@/lib/language-model";

/** What an area may be near to in meaning, each in the words that a note would use. */
export const anchors: [key: string, text: string][] = [
  ["wealthy", "upmarket homes of wealthy families with expensive tastes"],
  ["modest", "modest homes where people count every rupee"],
  ["safe", "safe well lit guarded streets at any hour"],
  ["unsafe", "unsafe after nightfall with thefts"],
  ["green", "leafy avenues gardens and old trees"],
  ["concrete", "bare concrete with hardly a tree"],
  ["quiet", "quiet peaceful lanes with little traffic"],
  ["noisy", "noisy crowded junctions and horns all day"],
  ["clean", "clean well kept spotless streets"],
  ["littered", "litter and rubbish in open drains"],
  ["families", "young families children good schools and playgrounds"],
  ["nightlife", "bars and cafes lively until midnight"],
  ["offices", "office towers and people in white-collar work"],
  ["workshops", "workshops depots and warehouses"],
  ["students", "students hostels and first jobs"],
  ["bazaar", "haggling at second-hand markets and bargains"],
  ["brands", "flagship stores of big brands"],
  ["car_owners", "proud car owners with new models in the garage"],
  ["two_wheelers", "two-wheelers rule and few people talk of cars"],
  ["transit", "metro and buses at hand, well connected by train"],
  ["good_roads", "smooth wide newly surfaced roads"],
  ["potholes", "potholes and broken dusty roads"],
  ["floods", "streets under water in the rains"],
  ["newcomers", "people who moved in lately, new towers"],
];

export interface EmbeddedNotes {
  maker: string;
  /** By area: the vector of all its notes, and its cosine with each anchor, in the anchors' order. */
  areas: Map<string, { vector: Float32Array; similarities: number[] }>;
}

/**
 * Vectors of each area's notes: by the maker of the language model (1,536 numbers), by MiniLM where its files are, or latent
 * ones computed from the notes themselves.
 */
export async function embedNotes(notes: Map<string, string>): Promise<EmbeddedNotes> {
  const texts = [...notes.values()];
  const embedder = await openEmbedder(texts);
  const anchorVectors = await embedder.embed(anchors.map(([, text]) => text));
  const vectors = await embedder.embed(texts);
  const areas = [...notes.keys()].map((areaId, index) => {
    const vector = vectors[index] as Float32Array;
    return [areaId, { vector, similarities: anchorVectors.map((anchor) => dot(anchor, vector)) }] as const;
  });
  return { maker: embedder.name, areas: new Map(areas) };
}

async function openEmbedder(texts: string[]): Promise<Embedder> {
  const { embeddings, dataDir } = config();
  const cached = (embedder: Embedder, folder: string) =>
    withVectorCache(embedder, path.join(dataDir, "cache", "vectors", folder));
  if (embeddings.maker === "openai") {
    const { model } = embeddings;
    const embed = (batch: string[]) => embedWithModel(batch, embeddings);
    return cached({ name: model, dimensions: 1536, embed }, model);
  }
  if (embeddings.maker === "minilm" && hasMiniLm(embeddings.modelsDir)) {
    return cached(await openMiniLm(embeddings.modelsDir), "minilm");
  }
  return fitLatent(
    texts.map((text) => {
      const terms: TermWeights = new Map();
      addTerms(terms, text);
      return terms;
    }),
  );
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}
