import type { Embedder } from "@/lib/embed";
import { cosine } from "./vector-index";

/** Sentences that have nothing to do with each other, nor with the tables of most marts. */
const unrelated = [
  "the cat sleeps on the warm windowsill",
  "enzymes fold inside the cell membrane",
  "she tuned the violin before the concert",
  "glaciers carved the valley long ago",
  "the treaty was signed after the war",
  "knead the dough and let it rise",
  "the satellite left its orbit at dawn",
  "he scored in the last minute of the match",
];

/** The mean cosine of such sentences by MiniLM, on whose cosines the scores of this search are calibrated. */
const calibrated = 0.09;

/**
 * How a maker's cosines are to be read. Some models put any two sentences at 0.7; taken as they are, everything would mean
 * everything. Cosines are stretched so that unrelated sentences lie where they lie for MiniLM.
 */
export async function cosineScale(embedder: Embedder): Promise<(cosine: number) => number> {
  const vectors = await embedder.embed(unrelated);
  const pairs = vectors.flatMap((a, i) => vectors.slice(i + 1).map((b) => cosine(a, b)));
  const background = pairs.reduce((sum, one) => sum + one, 0) / pairs.length;
  const stretch = (1 - calibrated) / Math.max(0.01, 1 - background);
  // As it is for a model like MiniLM itself.
  if (Math.abs(background - calibrated) < 0.1) return (value) => value;
  return (value) => 1 - (1 - value) * stretch;
}
