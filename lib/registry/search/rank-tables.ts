import type { RankedTable } from "@/lib/registry/search-port";
import type { Documents } from "./documents";
import { certainty, confidenceOf, type Evidence, fuse, lexicalScores } from "./evidence";
import { matchingFeatures } from "./matching-features";
import { explain } from "./why";

/**
 * A phrase whose best table scores less is taken to mean nothing in the registry. Calibrated on phrases about other
 * worlds (muons, blood pressure) against paraphrases of what a mart has.
 */
export const relevantScore = 0.3;

const weights = { words: 1, latentTable: 0.5, latentFeature: 0.2, sentenceTable: 0.7, sentenceFeature: 0.5 };

/**
 * Tables by fused evidence. The order is that of the fused signals; the score is the share of the phrase that the best
 * table answers, times how near a table comes to the best, so that it can be compared between phrases.
 */
export function rankTables(evidence: Evidence, documents: Documents, limit: number): RankedTable[] {
  const { latent, sentence } = evidence;
  const ranked = fuse([
    { scores: lexicalScores(evidence.inTables), weight: weights.words },
    { scores: latent.tables.entries(), weight: weights.latentTable },
    { scores: bestOfTable(latent.features, documents), weight: weights.latentFeature },
    { scores: sentence?.tables.entries() ?? [], weight: weights.sentenceTable },
    { scores: sentence ? bestOfTable(sentence.features, documents) : [], weight: weights.sentenceFeature },
  ]);
  const confidence = Math.max(
    0,
    ...ranked.slice(0, 3).map(([table, near]) => near * confidenceIn(table, evidence, documents)),
  );
  if (confidence < relevantScore) return [];
  return ranked.slice(0, limit).map(([table, near]) => {
    const matching = matchingFeatures(table, evidence, documents);
    return {
      table: documents.tables[table]?.name ?? "",
      score: round(confidence * near),
      why: explain(table, evidence, documents, matching),
      matchingFeatures: matching.length,
      features: matching.slice(0, 8).map((feature) => documents.features[feature]?.name ?? ""),
    };
  });
}

/** 0…1: how much of the phrase the table answers, by its words or by the meaning of its best feature. */
function confidenceIn(table: number, evidence: Evidence, documents: Documents): number {
  const byWords = confidenceOf(evidence.inTables, ({ hits }) => hits.get(table)?.quality ?? 0);
  if (!evidence.sentence) return byWords;
  const nearest = Math.max(
    evidence.sentence.tables[table] ?? 0,
    bestOfTable(evidence.sentence.features, documents).get(table) ?? 0,
  );
  return 1 - (1 - byWords) * (1 - 0.8 * certainty(nearest));
}

function bestOfTable(features: Map<number, number>, { tableOf }: Documents): Map<number, number> {
  const best = new Map<number, number>();
  for (const [feature, cosine] of features) {
    const table = tableOf[feature] ?? 0;
    best.set(table, Math.max(best.get(table) ?? 0, cosine));
  }
  return best;
}

export const round = (score: number) => Math.round(score * 1000) / 1000;
