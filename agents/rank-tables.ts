import { resolveFeatureSet } from "@/lib/feature-set";
import type { FeatureSet, Selection } from "@/lib/feature-set/schema";
import type { PlannedRequest } from "@/lib/planner";
import type { Feature, FeatureTable, Registry } from "@/lib/registry";
import type { RegistrySearch } from "@/lib/registry/search-port";
import type { TablesPart } from "./parts";

type RankedRow = TablesPart["tables"][number];

/** How many tables that were not chosen are shown beside those that were, per phrase. */
const alternativesPerPhrase = 3;

/** The card's rows: for each phrase the tables chosen for it and the next best, best score first, each table once. */
export async function rankTables(input: {
  request: PlannedRequest;
  featureSet: FeatureSet;
  registry: Registry;
  search: RegistrySearch;
}): Promise<RankedRow[]> {
  const { request, featureSet, registry, search } = input;
  const rows = new Map<string, RankedRow>();
  const entity = entityOf(featureSet, registry);
  for (const { phrase, tables } of request.include) {
    const ranked = await search.rank(phrase, { entity, limit: tables.length + alternativesPerPhrase });
    const unranked = tables.filter((name) => !ranked.some(({ table }) => table === name));
    const hits = [
      ...ranked,
      // Named outright or by a single feature: as sure as can be.
      ...unranked.map((table) => ({ table, score: 1, why: [], matchingFeatures: 0, features: [] })),
    ];
    for (const hit of hits) {
      const table = registry.tables.find(({ name }) => name === hit.table);
      if (!table) continue;
      const isSelected = featureSet.selections.some((selection) => selection.table === table.name);
      // Lists of entities are offered only where their features were asked for.
      if (table.kind === "entity" && !isSelected) continue;
      const earlier = rows.get(table.name);
      if (earlier && earlier.score >= hit.score) continue;
      rows.set(table.name, { ...describe(table, featureSet, registry, request), ...hit, phrase });
    }
  }
  return [...rows.values()].sort((a, b) => Number(b.chosen) - Number(a.chosen) || b.score - a.score);
}

/** What the rows are about, where it is known. */
function entityOf({ spine }: FeatureSet, { tables }: Registry): string | undefined {
  return spine.kind === "population" ? spine.entity : tables.find(({ name }) => name === spine.table)?.entity;
}

function describe(table: FeatureTable, featureSet: FeatureSet, registry: Registry, request: PlannedRequest) {
  const selection = featureSet.selections.find((candidate) => candidate.table === table.name);
  const features = registry.features.filter((feature) => feature.table === table.name && !feature.isKey);
  return {
    description: table.description,
    chosenFeatures:
      selection?.features.length ?? features.filter((f) => !(f.pii && featureSet.excludePii)).length,
    grain: table.grain,
    chosen: selection !== undefined,
    suggestedFilters: suggestFilters(table, registry, request),
    ...joinOf(table, selection ?? trialOf(table, features), featureSet, registry),
  };
}

/** One feature stands for a table that was not chosen. */
function trialOf(table: FeatureTable, features: Feature[]): Selection | null {
  const open = features.filter((feature) => !feature.pii);
  const some = open.find((feature) => feature.aggregation) ?? open[0];
  return some ? { table: table.name, features: [some.name] } : null;
}

/** How the table joins, as the resolver itself says; what it refuses is told as a question to come. */
function joinOf(
  table: FeatureTable,
  selection: Selection | null,
  featureSet: FeatureSet,
  registry: Registry,
) {
  if (!selection) return { joinKeys: [], cardinality: "no features" };
  try {
    const plan = resolveFeatureSet({ ...featureSet, filters: [], selections: [selection] }, registry);
    const join = plan.joins.find((candidate) => candidate.table === table.name);
    if (!join) return { joinKeys: plan.spine.keys, cardinality: "the rows themselves" };
    return {
      joinKeys: join.path.at(-1)?.to.columns ?? plan.spine.keys,
      cardinality: join.cardinality.replaceAll("_", " "),
    };
  } catch {
    return { joinKeys: table.keys[0]?.columns ?? [], cardinality: "needs a choice" };
  }
}

/** Values found in the data that this request could be narrowed by: those it names, then the most frequent. */
function suggestFilters(table: FeatureTable, registry: Registry, request: PlannedRequest) {
  const applied = request.filters
    .filter((filter) => filter.table === table.name)
    .map(({ column, values }) => ({ column, values: values.map(String), applied: true }));
  const words = registry.values.filter((v) => v.table === table.name && !/^(true|false)$/i.test(v.value));
  const columns = [...new Set(words.map((v) => v.column))];
  const frequent = columns
    .filter((column) => !applied.some((filter) => filter.column === column))
    .slice(0, 2)
    .map((column) => ({
      column,
      values: words
        .filter((value) => value.column === column)
        .sort((a, b) => b.frequency - a.frequency)
        .slice(0, 4)
        .map(({ value }) => value),
      applied: false,
    }));
  return [...applied, ...frequent];
}
