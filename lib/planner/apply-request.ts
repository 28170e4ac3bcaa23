import { AppError } from "@/lib/errors";
import { type FeatureSet, featureSetSchema } from "@/lib/feature-set/schema";
import type { QualityReport } from "@/lib/quality/report";
import type { Registry } from "@/lib/registry/types";
import { applyFilters } from "./apply-filters";
import { chooseEntity } from "./choose-entity";
import { emptySet } from "./empty-set";
import type { Question } from "./question";
import type { PlannedRequest } from "./schema";
import { addFeatures, dropFeatures, dropNullColumns, dropPii, dropTables } from "./selections";
import { questionsOf } from "./unresolved";

export interface AppliedRequest {
  featureSet: FeatureSet;
  /** What was changed, and what could not be, in sentences for the person. */
  changes: string[];
  /** What has to be decided before the set is run; answered by `applyAnswers`. */
  questions: Question[];
}

/**
 * The next feature set of a conversation. Pure, and idempotent: the same request applied twice changes nothing more.
 * `report` is that of the last run; without it, null rates are those that the registry measured.
 *
 * @throws AppError TABLE_UNKNOWN, FEATURE_UNKNOWN for names that the registry does not have
 */
export function applyRequest(input: {
  request: PlannedRequest;
  featureSet: FeatureSet | null;
  registry: Registry;
  report?: QualityReport;
}): AppliedRequest {
  const { request, registry, report } = input;
  checkNames(request, registry);
  const changes: string[] = [];
  const chosen = chooseEntity(request, input.featureSet, registry);
  let featureSet = input.featureSet ?? emptySet(registry, chosen.entity);
  featureSet = withStamp(featureSet, registry.stamp, changes);
  featureSet = withSpine(featureSet, chosen.entity, request.asOf, changes);

  if (request.exclude.some(({ kind }) => kind === "pii") && !featureSet.excludePii) {
    featureSet = { ...featureSet, excludePii: true };
    changes.push("Personal data are left out, now and in later additions.");
  }
  for (const include of withOneRule(request.include, changes)) {
    featureSet = addFeatures(featureSet, include, registry, changes);
  }
  for (const exclude of request.exclude) {
    if (exclude.kind === "tables" && input.featureSet) {
      const has = new Set(featureSet.selections.map(({ table }) => table));
      const absent = exclude.tables.filter((table) => !has.has(table));
      changes.push(...absent.map((table) => `${table} is not in the set.`));
    }
    if (exclude.kind === "tables") featureSet = dropTables(featureSet, exclude.tables, changes);
    if (exclude.kind === "features") featureSet = dropFeatures(featureSet, exclude.features, changes);
    if (exclude.kind === "null_rate") {
      featureSet = dropNullColumns(featureSet, exclude.above, registry, report, changes);
    }
  }
  featureSet = dropPii(featureSet, registry, changes);
  featureSet = { ...featureSet, filters: applyFilters(featureSet.filters, request.filters, changes) };

  const unclear = questionsOf(request.unresolved, registry, changes);
  const questions = chosen.question ? [chosen.question, ...unclear] : unclear;
  if (chosen.remark) changes.unshift(chosen.remark);
  return { featureSet: featureSetSchema.parse(featureSet), changes, questions };
}

/** A matrix holds one value of a feature: of two rules asked for at once the first is taken, and the other told. */
function withOneRule(include: PlannedRequest["include"], changes: string[]): PlannedRequest["include"] {
  const taken = new Map<string, string>();
  return include.filter(({ features, aggregation, phrase }) => {
    const names = features.map(({ table, feature }) => `${table}.${feature}`);
    const other = names.find((name) => aggregation && taken.has(name) && taken.get(name) !== aggregation);
    if (other) {
      changes.push(
        `A matrix holds ${other} once, here as its ${taken.get(other)}, so “${phrase}” is not added.`,
      );
    } else if (aggregation) for (const name of names) taken.set(name, aggregation);
    return !other;
  });
}

/** A mart is built anew every month, and conversations go on. */
function withStamp(featureSet: FeatureSet, stamp: string, changes: string[]): FeatureSet {
  if (featureSet.stamp === stamp) return featureSet;
  changes.push(`The mart has moved on from ${featureSet.stamp} to ${stamp}, which is used from here on.`);
  return { ...featureSet, stamp };
}

function withSpine(
  featureSet: FeatureSet,
  entity: string,
  asOf: string | null,
  changes: string[],
): FeatureSet {
  const { spine } = featureSet;
  if (spine.kind === "given") {
    if (asOf) changes.push("The rows were given with their own times, so the date asked for is not used.");
    return featureSet;
  }
  if (asOf && asOf !== spine.asOf) changes.push(`Everything is as it was known at ${asOf}.`);
  return { ...featureSet, spine: { ...spine, entity, asOf: asOf ?? spine.asOf } };
}

function checkNames(request: PlannedRequest, registry: Registry): void {
  const excluded = request.exclude.flatMap((part) => (part.kind === "tables" ? part.tables : []));
  const tables = new Set(registry.tables.map(({ name }) => name));
  for (const table of [...request.include.flatMap((part) => part.tables), ...excluded]) {
    if (tables.has(table)) continue;
    throw new AppError("TABLE_UNKNOWN", `There is no table ${table} in the registry.`, {
      details: { table },
    });
  }
  const features = new Set(registry.features.map(({ table, name }) => `${table}.${name}`));
  const named = [
    ...request.include.flatMap((part) => part.features),
    ...request.exclude.flatMap((part) => (part.kind === "features" ? part.features : [])),
    ...request.filters.map(({ table, column }) => ({ table, feature: column })),
  ];
  for (const { table, feature } of named) {
    if (features.has(`${table}.${feature}`)) continue;
    throw new AppError("FEATURE_UNKNOWN", `There is no feature ${feature} in ${table}.`, {
      details: { table, feature },
    });
  }
}
