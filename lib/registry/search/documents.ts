import { addTerms, type TermWeights, unitsOf } from "@/lib/embed";
import type { Feature, FeatureTable, Registry } from "@/lib/registry/types";

/** What is searched: one document per feature, in the registry's order, and one per table. */
export interface Documents {
  features: Feature[];
  tables: FeatureTable[];
  /** Position in `tables` of each feature's table. */
  tableOf: number[];
  /** Positions in `features` of each table's features. */
  featuresOf: number[][];
  featureTerms: TermWeights[];
  /** The tables' own words: name, description, synonyms, entity. */
  ownTerms: TermWeights[];
  /** The tables' own words and, damped, those of their features. */
  tableTerms: TermWeights[];
  /** For tables that divide something by a segment (`VISITS_BY_DEVICE`): the words of that segment alone. */
  segmentTerms: (Set<string> | null)[];
  /** What the registry's entities are called, where that is one word → the entity. */
  entityStems: Map<string, string>;
  /** The same as plain text, for a sentence model. */
  featureTexts: string[];
  tableTexts: string[];
}

export function documentsOf(registry: Registry): Documents {
  const { tables } = registry;
  const position = new Map(tables.map((table, i) => [table.name, i]));
  const features = registry.features.filter((feature) => position.has(feature.table));
  const tableOf = features.map((feature) => position.get(feature.table) ?? 0);
  const featuresOf: number[][] = tables.map(() => []);
  tableOf.forEach((table, feature) => {
    featuresOf[table]?.push(feature);
  });
  const featureTerms = features.map(termsOfFeature);
  const ownTerms = tables.map((table) => termsOfTable(table, registry));
  return {
    features,
    tables,
    tableOf,
    featuresOf,
    featureTerms,
    ownTerms,
    tableTerms: ownTerms.map((own, i) =>
      withFeatures(own, featuresOf[i]?.flatMap((f) => featureTerms[f] ?? []) ?? []),
    ),
    segmentTerms: segmentTermsOf(tables, ownTerms),
    entityStems: entityStemsOf(registry),
    featureTexts: features.map(textOfFeature),
    tableTexts: tables.map((table, i) =>
      textOfTable(table, featuresOf[i]?.flatMap((f) => features[f] ?? []) ?? []),
    ),
  };
}

function entityStemsOf({ entities }: Registry): Map<string, string> {
  return new Map(
    entities.flatMap(({ name, plural, synonyms }) =>
      [name, plural, ...synonyms].flatMap((word): [string, string][] => {
        const units = unitsOf(word);
        return units.length === 1 && units[0] ? [[units[0].stems.join(" "), name]] : [];
      }),
    ),
  );
}

/** What such a table says that the others that divide the same do not all say, or, where it is the only one, the end of its name. */
function segmentTermsOf(tables: FeatureTable[], ownTerms: TermWeights[]): (Set<string> | null)[] {
  const stemOf = ({ name }: FeatureTable) => /^(.+)_BY_.+$/i.exec(name)?.[1];
  return tables.map((table, i) => {
    const divided = stemOf(table);
    if (divided === undefined) return null;
    const others = tables.flatMap((other, o) => (o !== i && stemOf(other) === divided ? [o] : []));
    const own: TermWeights = new Map();
    if (others.length === 0) addTerms(own, table.name.slice(divided.length + "_BY_".length));
    const terms = others.length === 0 ? own : (ownTerms[i] ?? own);
    return new Set([...terms.keys()].filter((term) => !others.some((o) => ownTerms[o]?.has(term))));
  });
}

function termsOfFeature(feature: Feature): TermWeights {
  const terms: TermWeights = new Map();
  addTerms(terms, feature.name, 2);
  addTerms(terms, feature.description);
  addTerms(terms, feature.family);
  if (feature.unit) addTerms(terms, feature.unit, 0.5);
  if (feature.windowDays !== undefined) addTerms(terms, `${feature.windowDays}d`);
  return terms;
}

function termsOfTable(table: FeatureTable, registry: Registry): TermWeights {
  const terms: TermWeights = new Map();
  addTerms(terms, table.name, 4);
  addTerms(terms, table.description, 2);
  for (const synonym of table.synonyms) addTerms(terms, synonym, 3);
  const entity = registry.entities.find(({ name }) => name === table.entity);
  if (entity) addTerms(terms, [entity.name, ...entity.synonyms].join(" "), 1);
  return terms;
}

/** A word that a hundred features have says more of their table than one that a single feature has, but not a hundred times. */
function withFeatures(own: TermWeights, features: TermWeights[]): TermWeights {
  const summed: TermWeights = new Map();
  for (const terms of features) {
    for (const [term, weight] of terms) summed.set(term, (summed.get(term) ?? 0) + weight);
  }
  const all: TermWeights = new Map(own);
  for (const [term, weight] of summed) all.set(term, (all.get(term) ?? 0) + Math.log2(1 + weight));
  return all;
}

const spoken = (name: string) =>
  name
    .replace(/(?<=[a-z])(?=[A-Z])/g, " ")
    .replace(/[_.]+/g, " ")
    .toLowerCase()
    .trim();

function textOfFeature(feature: Feature): string {
  return feature.description
    ? `${spoken(feature.name)}: ${feature.description}`
    : `${spoken(feature.table)} ${spoken(feature.name)}`;
}

function textOfTable(table: FeatureTable, features: Feature[]): string {
  const families = [...new Set(features.map((feature) => feature.family).filter(Boolean))];
  const named = features.filter((feature) => !feature.isKey).slice(0, 12);
  const parts = [
    spoken(table.name),
    table.description,
    table.synonyms.join(", "),
    families.join(", "),
    named.map((f) => spoken(f.name)).join(", "),
  ];
  return parts.filter(Boolean).join(". ");
}
