import type { Documents } from "./documents";
import { certainty, coverage, type Evidence } from "./evidence";

/**
 * The table's features that the phrase means, best first: those that meet at least half of what the table's own words
 * leave open, or are near in meaning. A phrase that only names the table means all of them.
 */
export function matchingFeatures(table: number, evidence: Evidence, documents: Documents): number[] {
  const own = (documents.featuresOf[table] ?? []).filter((feature) => !documents.features[feature]?.isKey);
  const open = evidence.inFeatures.filter(
    ({ hits }, i) => !evidence.inOwnWords[i]?.hits.has(table) && own.some((feature) => hits.has(feature)),
  );
  const namesTheTable = evidence.inOwnWords.some(({ hits }) => hits.has(table));
  const meaning = (feature: number) => certainty(evidence.sentence?.features.get(feature) ?? 0);
  const fits = (feature: number) =>
    open.length > 0
      ? coverage(open, ({ hits }) => (hits.has(feature) ? 1 : 0)) >= 0.5 || meaning(feature) > 0.5
      : namesTheTable || meaning(feature) > 0;
  const strength = (feature: number) =>
    evidence.inFeatures.reduce(
      (sum, { hits }) => sum + (hits.get(feature)?.score ?? 0),
      5 * meaning(feature),
    );
  return own
    .filter(fits)
    .map((feature) => ({ feature, value: strength(feature) }))
    .sort((a, b) => b.value - a.value || a.feature - b.feature)
    .map(({ feature }) => feature);
}
