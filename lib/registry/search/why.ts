import { unitsOf } from "@/lib/embed";
import type { RankedTable } from "@/lib/registry/search-port";
import type { Documents } from "./documents";
import { certainty, type Evidence } from "./evidence";
import type { Hit } from "./lexicon";

const namedPerWord = 3;

/** For each word of the phrase the table's words and features that it met; how is said unless it is the very word. */
export function explain(
  table: number,
  evidence: Evidence,
  documents: Documents,
  matching: number[],
): RankedTable["why"] {
  const inTable = documents.featuresOf[table] ?? [];
  const reasons = evidence.inTables.flatMap(({ unit }, i) => {
    const own = evidence.inOwnWords[i]?.hits.get(table);
    const met = own ? wordsMet(table, own, documents).map((word) => marked(word, own.kind)) : [];
    const features = inTable
      .flatMap((feature): [number, Hit][] => {
        const hit = evidence.inFeatures[i]?.hits.get(feature);
        return hit ? [[feature, hit]] : [];
      })
      .sort((a, b) => b[1].score - a[1].score || a[0] - b[0]);
    for (const [feature, hit] of features.slice(0, namedPerWord - met.length)) {
      met.push(marked(documents.features[feature]?.name ?? "", hit.kind));
    }
    return met.length > 0 ? [{ word: unit.text, met }] : [];
  });
  const meant = matching
    .filter((feature) => certainty(evidence.sentence?.features.get(feature) ?? 0) > 0)
    .filter((feature) => !evidence.inFeatures.some(({ hits }) => hits.has(feature)))
    .slice(0, namedPerWord);
  if (meant.length === 0) return reasons;
  return [
    ...reasons,
    { word: evidence.phrase, met: meant.map((feature) => `${documents.features[feature]?.name} (meaning)`) },
  ];
}

/** The words in the table's name, synonyms and description that stand behind a term, as they are written there. */
function wordsMet(table: number, hit: Hit, { tables }: Documents): string[] {
  const { name = "", synonyms = [], description = "", entity = "" } = tables[table] ?? {};
  const units = unitsOf([name, ...synonyms, description, entity].join(". "));
  const behind = units.filter(
    ({ stems, concepts }) => stems.includes(hit.term) || concepts.includes(hit.term),
  );
  return [...new Set(behind.map(({ text }) => text))].slice(0, 2);
}

const marked = (name: string, kind: Hit["kind"]) => (kind === "word" ? name : `${name} (${kind})`);
