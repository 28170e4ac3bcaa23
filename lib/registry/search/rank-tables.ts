import type { RankedTable } from "@/lib/registry/search-port";
import type { Documents } from "./documents";
import { certainty, confidenceOf, coverage, type Evidence, fuse, lexicalScores } from "./evidence";
import { matchingFeatures } from "./matching-features";
import type { Preference } from "./preference";
import { explain } from "./why";

/**
 * A phrase whose best table scores less is taken to mean nothing in the registry. Calibrated on phrases about other
 * worlds (muons, blood pressure) against paraphrases of what a mart has.
 */
export const relevantScore = 0.35;

const weights = {
  words: 1,
  ownWords: 0.3,
  latentTable: 0.5,
  latentFeature: 0.1,
  sentenceTable: 0.7,
  sentenceFeature: 0.5,
};

/** A phrase asks for features, so the bare population of an entity stands behind a table of features that fits as well. */
const ofEntity = 0.7;

/** What it is worth that several tables answer a phrase between them, as when it lists several things. */
const together = 0.6;

/**
 * Tables by fused evidence. The order is that of the fused signals; the score is the share of the phrase that the best
 * table answers, times how near a table comes to the best, so that it can be compared between phrases.
 */
export function rankTables(
  evidence: Evidence,
  documents: Documents,
  limit: number,
  preference: Preference,
): RankedTable[] {
  const { latent, sentence } = evidence;
  const ranked = fuse([
    { scores: lexicalScores(evidence.inTables), weight: weights.words },
    { scores: lexicalScores(evidence.inOwnWords), weight: weights.ownWords },
    { scores: latent.tables.entries(), weight: weights.latentTable },
    { scores: bestOfTable(latent.features, documents), weight: weights.latentFeature },
    { scores: sentence?.tables.entries() ?? [], weight: weights.sentenceTable },
    { scores: sentence ? bestOfTable(sentence.features, documents) : [], weight: weights.sentenceFeature },
  ])
    .map(([table, near]): [number, number] => [
      table,
      near * (documents.tables[table]?.kind === "entity" ? ofEntity : 1),
    ])
    .sort((a, b) => b[1] - a[1]);
  const best = ranked.slice(0, 3);
  if (best.length === 0) return [];
  const confidence = Math.max(
    together *
      coverage(evidence.inTables, ({ hits }) =>
        Math.max(...best.map(([table]) => hits.get(table)?.quality ?? 0)),
      ),
    ...best.map(([table, near]) => near * confidenceIn(table, evidence, documents)),
  );
  if (confidence < relevantScore) return [];
  const preferred = ranked
    .map(([table, near]): [number, number] => [table, near * preference(table, evidence)])
    .sort((a, b) => b[1] - a[1]);
  // A preference says which of the tables is meant, not how surely any is.
  const most = preferred[0]?.[1] ?? 1;
  const nearest = ranked[0]?.[1] ?? 1;
  return preferred.slice(0, limit).map(([table, preference]) => {
    const near = (preference / most) * nearest;
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
