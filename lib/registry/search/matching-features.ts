import type { Documents } from "./documents";
import { certainty, coverage, type Evidence, lexicalScores } from "./evidence";

/**
 * The table's features that the phrase means, best first: those that meet at least half of what the table's own words
 * leave open, or are near in meaning. A phrase that only names the table means all of them.
 */
export function matchingFeatures(table: number, evidence: Evidence, documents: Documents): number[] {
  const own = documents.features.flatMap((feature, i) =>
    documents.tableOf[i] === table && !feature.isKey ? [i] : [],
  );
  const scores = lexicalScores(evidence.inFeatures);
  const members = new Set(own);
  const open = evidence.inFeatures.filter(
    ({ hits }, i) =>
      !evidence.inOwnWords[i]?.hits.has(table) && [...hits.keys()].some((feature) => members.has(feature)),
  );
  const namesTheTable = evidence.inOwnWords.some(({ hits }) => hits.has(table));
  const meaning = (feature: number) => certainty(evidence.sentence?.features.get(feature) ?? 0);
  const fits = (feature: number) =>
    open.length > 0
      ? coverage(open, ({ hits }) => (hits.has(feature) ? 1 : 0)) >= 0.5 || meaning(feature) > 0.5
      : namesTheTable || meaning(feature) > 0;
  const strength = (feature: number) => (scores.get(feature) ?? 0) + 5 * meaning(feature);
  return own.filter(fits).sort((a, b) => strength(b) - strength(a) || a - b);
}
