import { AppError } from "@/lib/errors";
import { type FeatureSet, resolveFeatureSet } from "@/lib/feature-set";
import type { AggregationRule, Registry } from "@/lib/registry/types";

/**
 * What a rule does to a feature beside the rows of a set: it `applies`, it is `unneeded` as there is one value per row
 * anyway, or it is `unfit` for the feature's type.
 */
export function ruleFits(
  featureSet: FeatureSet,
  { table, feature, path }: { table: string; feature: string; path?: string | undefined },
  rule: AggregationRule,
  registry: Registry,
): "applies" | "unneeded" | "unfit" {
  const selection = { table, features: [feature], aggregation: { [feature]: rule }, ...(path && { path }) };
  try {
    const { columns } = resolveFeatureSet(
      { ...featureSet, filters: [], selections: [selection], names: "full" },
      registry,
    );
    return columns.some(({ aggregation }) => aggregation !== null) ? "applies" : "unneeded";
  } catch (error) {
    // Whatever else is open is asked about when the set is planned.
    return error instanceof AppError && error.code === "AGGREGATION_MISSING" ? "unfit" : "applies";
  }
}
