import type { FeatureSet } from "@/lib/feature-set/schema";
import type { Registry } from "@/lib/registry/types";

/** The set a conversation about an entity begins with. */
export function emptySet(registry: Registry, entity: string): FeatureSet {
  return {
    version: 1,
    mart: registry.mart,
    stamp: registry.stamp,
    spine: { kind: "population", entity, asOf: null },
    filters: [],
    selections: [],
    // What was written after a row's time was not known then: seeing it would leak the future.
    alignment: { boundary: "inclusive", knownAt: true, delaySeconds: 0 },
    names: "short",
    excludePii: false,
  };
}
