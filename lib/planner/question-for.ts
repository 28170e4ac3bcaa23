import { z } from "zod";
import type { AppError } from "@/lib/errors";
import type { FeatureSet } from "@/lib/feature-set/schema";
import type { Registry } from "@/lib/registry/types";
import { featuresWithoutRule } from "./apply-answers";
import type { Question } from "./question";
import { leaveOut } from "./unresolved";

/**
 * The question that would settle why a feature set could not be planned; null when no answer would. The details of the
 * error are read as the compiler writes them.
 */
export function questionFor(error: AppError, featureSet: FeatureSet, registry: Registry): Question | null {
  switch (error.code) {
    case "PATH_AMBIGUOUS":
      return pathQuestion(error);
    case "AGGREGATION_MISSING":
      return aggregationQuestion(error, featureSet, registry);
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

function pathQuestion(error: AppError): Question | null {
  const details = pathDetails.safeParse(error.details);
  if (!details.success) return null;
  const { table, options } = details.data;
  return {
    id: `path:${table}`,
    text: `${table} can be joined in ${options.length} equally good ways. By which one?`,
    choices: [
      ...options.map(({ id, label }, index) => ({ id, label, proposed: index === 0 })),
      { id: leaveOut, label: `Leave ${table} out`, proposed: false },
    ],
  };
}

function aggregationQuestion(error: AppError, featureSet: FeatureSet, registry: Registry): Question | null {
  const details = z.object({ table: z.string() }).safeParse(error.details);
  if (!details.success) return null;
  const { table } = details.data;
  const chosen = featureSet.selections.filter((one) => one.table === table).flatMap((one) => one.features);
  const names = featuresWithoutRule(featureSet, table, registry).filter((name) => chosen.includes(name));
  const shown =
    names.length > 5 ? `${names.slice(0, 5).join(", ")} and ${names.length - 5} more` : names.join(", ");
  const numeric = registry.features
    .filter((one) => one.table === table && names.includes(one.name))
    .every(({ type }) => type === "integer" || type === "float" || type === "decimal");
  const rules = numeric ? (["mean", "sum", "max", "min", "latest"] as const) : (["latest", "count"] as const);
  return {
    id: `aggregate:${table}`,
    text: `${table} has several rows for one row of the matrix, and no rule says how to make them one for ${shown}. How?`,
    choices: [
      ...rules.map((rule, index) => ({ id: rule, label: ruleLabels[rule], proposed: index === 0 })),
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
} as const;

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
