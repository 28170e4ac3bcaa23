import path from "node:path";
import { config } from "@/lib/config";
import {
  addTerms,
  countedBy,
  type Embedder,
  fitLatent,
  openEmbedder,
  type TermWeights,
  withVectorCache,
} from "@/lib/embed";
import { isModelFailure, type TokenLedger } from "@/lib/language-model";

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
  /** Why it was not the model of the settings. */
  notices: string[];
  /** By area: the vector of all its notes, and its cosine with each anchor, in the anchors' order. */
  areas: Map<string, { vector: Float32Array; similarities: number[] }>;
}

/**
 * Vectors of each area's notes: by the model that the settings name, or latent ones computed from the notes themselves, also
 * where that model fails or may not be paid for. One maker for all, since vectors of two cannot be compared.
 */
export async function embedNotes(
  notes: Map<string, string>,
  { ledger, signal }: { ledger: TokenLedger; signal?: AbortSignal },
): Promise<EmbeddedNotes> {
  const { dataDir, ...settings } = config();
  const embeddings = countedBy(ledger, settings.embeddings);
  const notices: string[] = [];
  if (embeddings.maker !== "latent") {
    try {
      const model = withVectorCache(await openEmbedder(embeddings), path.join(dataDir, "cache", "vectors"));
      return { ...(await embedBy(model, notes, signal)), notices };
    } catch (error) {
      if (!isModelFailure(error)) throw error;
      notices.push(`${error.message} The vectors of notes were computed from the notes themselves.`);
    }
  }
  const latent = fitLatent([...notes.values()].map(termsOf));
  return { ...(await embedBy(latent, notes)), notices };
}

async function embedBy(embedder: Embedder, notes: Map<string, string>, signal?: AbortSignal) {
  const anchorVectors = await embedder.embed(
    anchors.map(([, text]) => text),
    signal,
  );
  const vectors = await embedder.embed([...notes.values()], signal);
  const areas = [...notes.keys()].map((areaId, index) => {
    const vector = vectors[index] as Float32Array;
    return [areaId, { vector, similarities: anchorVectors.map((anchor) => dot(anchor, vector)) }] as const;
  });
  return { maker: embedder.name, areas: new Map(areas) };
}

function termsOf(text: string): TermWeights {
  const terms: TermWeights = new Map();
  addTerms(terms, text);
  return terms;
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}
