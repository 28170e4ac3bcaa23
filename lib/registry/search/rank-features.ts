import { unitsOf } from "@/lib/embed";
import type { RankedFeature } from "@/lib/registry/search-port";
import type { Documents } from "./documents";
import { certainty, confidenceOf, type Evidence, fuse, lexicalScores } from "./evidence";
import { relevantScore, round } from "./rank-tables";

const weights = { words: 1, ownWords: 0.25, latent: 0.3, sentence: 0.5 };

/** Features by fused evidence, scored as tables are; one that is called exactly like the phrase comes first with 1. */
export function rankFeatures(
  evidence: Evidence,
  documents: Documents,
  accept: (feature: number) => boolean,
  limit: number,
): RankedFeature[] {
  const { inFeatures, inOwnWords, latent, sentence } = evidence;
  const words = [...lexicalScores(inFeatures)].filter(([feature]) => accept(feature));
  const ofTable = lexicalScores(inOwnWords);
  const tableWords = words.map(([feature]): [number, number] => [
    feature,
    ofTable.get(documents.tableOf[feature] ?? 0) ?? 0,
  ]);
  const ranked = fuse([
    { scores: words, weight: weights.words },
    { scores: tableWords, weight: weights.ownWords },
    { scores: latent.features, weight: weights.latent },
    { scores: sentence?.features ?? [], weight: weights.sentence },
  ]);
  const confidenceIn = (feature: number) => {
    const table = documents.tableOf[feature] ?? 0;
    const byWords = confidenceOf(inFeatures, ({ hits }, i) =>
      Math.max(hits.get(feature)?.quality ?? 0, 0.8 * (inOwnWords[i]?.hits.get(table)?.quality ?? 0)),
    );
    return 1 - (1 - byWords) * (1 - 0.8 * certainty(sentence?.features.get(feature) ?? 0));
  };
  const confidence = Math.max(
    0,
    ...ranked.slice(0, 5).map(([feature, near]) => near * confidenceIn(feature)),
  );
  if (confidence < relevantScore) return [];
  const called = nameKey(evidence.phrase);
  return ranked
    .map(([feature, near]) => {
      const { table = "", name = "" } = documents.features[feature] ?? {};
      const isCalled = nameKey(name) === called;
      return { table, feature: name, score: isCalled ? 1 : Math.min(0.999, round(confidence * near)) };
    })
    .sort((a, b) => b.score - a.score)
    .slice(0, limit);
}

const nameKey = (text: string) =>
  unitsOf(text)
    .flatMap(({ stems }) => stems)
    .join(" ");
