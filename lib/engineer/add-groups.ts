import type { FeatureSet } from "@/lib/feature-set";
import type { EnrichmentGroup } from "./propose-groups";

/** The feature set widened by the groups, each feature once. */
export function addGroups(featureSet: FeatureSet, groups: EnrichmentGroup[]): FeatureSet {
  return groups.reduce(addGroup, featureSet);
}

function addGroup(featureSet: FeatureSet, { table, features }: EnrichmentGroup): FeatureSet {
  const isSelected = featureSet.selections.some((selection) => selection.table === table);
  if (!isSelected) {
    return { ...featureSet, selections: [...featureSet.selections, { table, features }] };
  }
  return {
    ...featureSet,
    selections: featureSet.selections.map((selection) =>
      selection.table === table
        ? { ...selection, features: [...new Set([...selection.features, ...features])] }
        : selection,
    ),
  };
}
