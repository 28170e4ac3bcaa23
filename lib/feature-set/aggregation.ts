import { AppError } from "@/lib/errors";
import { type AggregationRule, aggregationRules, type ColumnType, type Feature } from "@/lib/registry/types";
import type { Catalog } from "./catalog";

export interface AppliedRule {
  rule: AggregationRule;
  weight: string | null;
  /** Of the aggregated value. */
  type: ColumnType;
}

/**
 * The rule by which each feature of a finer table becomes one value per spine row: the one asked for, else the feature's
 * own. Never a guess.
 * @throws AppError AGGREGATION_MISSING with `details: {table, features, rules}`: the features without a rule that fits
 *   and, per feature, the rules that would
 */
export function applyRules(
  features: Feature[],
  options: { asked: Readonly<Record<string, AggregationRule>>; hasEventTime: boolean; catalog: Catalog },
): Map<string, AppliedRule> {
  const applied = new Map<string, AppliedRule>();
  const missing: Feature[] = [];
  for (const feature of features) {
    const rule = options.asked[feature.name] ?? feature.aggregation;
    if (rule === undefined || !possibleRules(feature, options).includes(rule)) missing.push(feature);
    else
      applied.set(feature.name, {
        rule,
        weight: rule === "mean_weighted" ? (feature.weight ?? null) : null,
        type: typeAfter(rule, feature.type),
      });
  }
  const [first] = missing;
  if (!first) return applied;
  throw new AppError(
    "AGGREGATION_MISSING",
    `${first.table} has several rows for each row asked for, and no rule says how to make one value of ${missing
      .map(({ name }) => name)
      .join(", ")}. Choose a rule for each, or leave them out.`,
    {
      details: {
        table: first.table,
        features: missing.map(({ name }) => name),
        rules: Object.fromEntries(missing.map((feature) => [feature.name, possibleRules(feature, options)])),
      },
    },
  );
}

function possibleRules(
  feature: Feature,
  { hasEventTime, catalog }: { hasEventTime: boolean; catalog: Catalog },
): AggregationRule[] {
  const number = isNumber(feature.type);
  const weight = feature.weight === undefined ? null : catalog.feature(feature.table, feature.weight);
  const weighted = number && weight !== null && isNumber(weight.type) && weight.derived === undefined;
  const fits: Record<AggregationRule, boolean> = {
    sum: number,
    mean: number,
    mean_weighted: weighted,
    min: feature.type !== "boolean",
    max: feature.type !== "boolean",
    count: true,
    flag_any: feature.type === "boolean",
    latest: hasEventTime,
  };
  return aggregationRules.filter((rule) => fits[rule]);
}

function typeAfter(rule: AggregationRule, type: ColumnType): ColumnType {
  if (rule === "count") return "integer";
  return rule === "mean" || rule === "mean_weighted" ? "float" : type;
}

function isNumber(type: ColumnType): boolean {
  return type === "integer" || type === "float" || type === "decimal";
}
