import type { Registry } from "@/lib/registry/types";
import type { PlannedColumn, PlannedJoin } from "./plan";
import type { FeatureSet } from "./schema";
import type { ResolvedSpine } from "./spine";

/**
 * What a person must know where rows have a time of the past: only tables with an event time can be held to it. The others
 * stand as they are at the stamp, and may tell of what came later.
 */
export function timeNotes(
  spine: ResolvedSpine,
  featureSet: FeatureSet,
  registry: Registry,
  { joins, columns }: { joins: PlannedJoin[]; columns: PlannedColumn[] },
): string[] {
  const when = pastTime(spine, featureSet, registry);
  if (when === null) return [];
  const untimed = joins.filter((join) => !join.filterOnly && join.path.every((hop) => hop.time === null));
  const own = columns.filter(({ role, join }) => role === "feature" && join === null);
  const tables = [
    ...(own.length > 0 ? [`${spine.start.table} (the rows themselves)`] : []),
    ...new Set(untimed.map(({ table }) => table)),
  ];
  if (tables.length === 0) return [];
  return [
    `Only tables with an event time can be seen as of ${when}. As they stand at ${featureSet.stamp}, whatever they tell of later: ${tables.join(", ")}.`,
  ];
}

/** Null where the rows' time is that of the mart itself. */
function pastTime(spine: ResolvedSpine, featureSet: FeatureSet, registry: Registry): string | null {
  if (spine.time && "column" in spine.time) return `each row's ${spine.time.column}`;
  const asOf = featureSet.spine.kind === "population" ? featureSet.spine.asOf : null;
  return asOf !== null && Date.parse(asOf) < Date.parse(registry.asOf) ? asOf : null;
}
