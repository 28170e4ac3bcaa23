import { z } from "zod";
import type { AppError } from "@/lib/errors";
import type { FeatureSet } from "@/lib/feature-set";
import { type AggregationRule, aggregationRules, type Registry } from "@/lib/registry/types";
import { missingRulesOf } from "./missing-rules";
import type { Question } from "./question";
import { leaveOut } from "./unresolved";

/**
 * The question that would settle why a feature set could not be planned; null when no answer would. The details of the
 * error are read as the compiler writes them.
 */
export function questionFor(error: AppError, featureSet: FeatureSet, registry: Registry): Question | null {
  switch (error.code) {
    case "PATH_AMBIGUOUS":
      return pathQuestion(error, featureSet);
    case "AGGREGATION_MISSING":
      return aggregationQuestion(error, registry);
    case "DUPLICATE_FEATURE":
      return namesQuestion(error);
    default:
      return null;
  }
}

const pathDetails = z.object({
  table: z.string(),
  options: z.array(z.object({ id: z.string(), label: z.string() })).min(2),
});

function pathQuestion(error: AppError, featureSet: FeatureSet): Question | null {
  const details = pathDetails.safeParse(error.details);
  if (!details.success) return null;
  const { table, options } = details.data;
  const parts = [...featureSet.selections, ...featureSet.filters];
  // Nothing of the set is open there: an answer could not be put anywhere.
  if (!parts.some((one) => one.table === table && one.path === undefined)) return null;
  return {
    id: `path:${table}`,
    text: `${table} can be joined in ${options.length} equally good ways. By which one?`,
    choices: [
      ...options.map(({ id, label }, index) => ({ id, label, proposed: index === 0 })),
      { id: leaveOut, label: `Leave ${table} out`, proposed: false },
    ],
  };
}

function aggregationQuestion(error: AppError, registry: Registry): Question | null {
  const missing = missingRulesOf(error);
  if (!missing) return null;
  const { table, features, rules } = missing;
  const shown =
    features.length > 5
      ? `${features.slice(0, 5).join(", ")} and ${features.length - 5} more`
      : features.join(", ");
  // Rules that fit every feature; of these the one that is usual for the type is proposed. Then those that fit some.
  const common = aggregationRules.filter((rule) => features.every((name) => rules[name]?.includes(rule)));
  const types = registry.features
    .filter((one) => one.table === table && features.includes(one.name))
    .map(({ type }) => type);
  const usual = types.every((type) => type === "boolean") ? "flag_any" : "mean";
  const partial = aggregationRules.filter(
    (rule) => !common.includes(rule) && features.some((name) => rules[name]?.includes(rule)),
  );
  const proposed =
    [usual, "latest", ...common].find((rule) => common.some((one) => one === rule)) ?? partial[0];
  const onlyFor = (rule: AggregationRule) =>
    features.filter((name) => rules[name]?.includes(rule)).join(", ");
  return {
    id: `aggregate:${table}`,
    text: `${table} has several rows for one row of the matrix, and no rule says how to make them one for ${shown}. How?`,
    choices: [
      ...common.map((rule) => ({ id: rule, label: ruleLabels[rule], proposed: rule === proposed })),
      ...partial.map((rule) => ({
        id: rule,
        label: ruleLabels[rule],
        detail: `Only for ${onlyFor(rule)}; the others are asked about next.`,
        proposed: rule === proposed,
      })),
      { id: leaveOut, label: "Leave these features out", proposed: false },
    ],
  };
}

const ruleLabels = {
  mean: "The mean of the rows",
  sum: "The sum of the rows",
  max: "The greatest",
  min: "The least",
  latest: "The latest row's value",
  count: "How many rows have a value",
  mean_weighted: "The mean, weighted as the registry says",
  flag_any: "True when any row is true",
} as const satisfies Record<AggregationRule, string>;

const duplicateDetails = z.object({ feature: z.string(), tables: z.array(z.string()).min(2) });

function namesQuestion(error: AppError): Question | null {
  const details = duplicateDetails.safeParse(error.details);
  if (!details.success) return null;
  const { feature, tables } = details.data;
  return {
    id: "names",
    text: `${feature} is a feature of ${tables.join(" and of ")}. How should they be told apart?`,
    choices: [
      {
        id: "full",
        label: "Full names for all features",
        detail: `${tables[0]}__${feature}`,
        proposed: true,
      },
      ...tables.map((table) => ({
        id: `drop:${table}.${feature}`,
        label: `Leave out the one of ${table}`,
        proposed: false,
      })),
    ],
  };
}
