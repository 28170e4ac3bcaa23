import { z } from "zod";
import { AppError } from "@/lib/errors";
import { type FeatureSet, resolveFeatureSet } from "@/lib/feature-set";
import { type AggregationRule, aggregationRules, type Registry } from "@/lib/registry/types";

export interface MissingRules {
  table: string;
  features: string[];
  /** Per feature, the rules that would do. */
  rules: Record<string, AggregationRule[]>;
}

const details = z.object({
  table: z.string(),
  features: z.array(z.string()).min(1),
  rules: z.record(z.string(), z.array(z.enum(aggregationRules))),
});

/** What an AGGREGATION_MISSING says; null for any other error. */
export function missingRulesOf(error: unknown): MissingRules | null {
  if (!(error instanceof AppError) || error.code !== "AGGREGATION_MISSING") return null;
  return details.safeParse(error.details).data ?? null;
}

/** The features of a set that have no rule that fits; null when all have. */
export function findMissingRules(featureSet: FeatureSet, registry: Registry): MissingRules | null {
  try {
    resolveFeatureSet(featureSet, registry);
    return null;
  } catch (error) {
    return missingRulesOf(error);
  }
}
