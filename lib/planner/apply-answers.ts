import { z } from "zod";
import { type FeatureSet, featureSetSchema, filterOperators } from "@/lib/feature-set/schema";
import { aggregationRules, type Registry } from "@/lib/registry/types";
import { applyFilters } from "./apply-filters";
import { readConditionText } from "./condition-text";
import { addFeatures, dropFeatures, dropTables } from "./selections";
import { leaveOut } from "./unresolved";

/**
 * The feature set after the person's answers: question id → choice id, as `applyRequest` and `questionFor` gave them out.
 * An answer that fits no question of ours changes nothing.
 */
export function applyAnswers(
  featureSet: FeatureSet,
  answers: Record<string, string>,
  registry: Registry,
): FeatureSet {
  let next = featureSet;
  for (const [id, choice] of Object.entries(answers)) next = applyAnswer(next, id, choice, registry);
  return featureSetSchema.parse(next);
}

function applyAnswer(featureSet: FeatureSet, id: string, choice: string, registry: Registry): FeatureSet {
  const colon = id.indexOf(":");
  const kind = colon < 0 ? id : id.slice(0, colon);
  const about = colon < 0 ? "" : id.slice(colon + 1);
  switch (kind) {
    case "entity":
      return withEntity(featureSet, choice, registry);
    case "path":
      return choice === leaveOut ? dropTables(featureSet, [about], []) : withPath(featureSet, about, choice);
    case "aggregate":
      return withRule(featureSet, about, choice, registry);
    case "names":
      return choice === "full" ? { ...featureSet, names: "full" } : withoutFeature(featureSet, choice);
    case "value":
      return withValue(featureSet, about, choice, registry);
    case "condition":
      return withCondition(featureSet, choice, registry);
    case "contradiction":
      return settled(featureSet, about, choice, registry);
    default:
      return featureSet;
  }
}

function withEntity(featureSet: FeatureSet, entity: string, registry: Registry): FeatureSet {
  const known = registry.tables.some((table) => table.kind === "entity" && table.entity === entity);
  if (!known || featureSet.spine.kind !== "population") return featureSet;
  return { ...featureSet, spine: { ...featureSet.spine, entity } };
}

function withPath(featureSet: FeatureSet, table: string, path: string): FeatureSet {
  const selections = featureSet.selections.map((one) =>
    one.table === table && one.path === undefined ? { ...one, path } : one,
  );
  return { ...featureSet, selections };
}

/** The rule goes to every chosen feature of the table that has none of its own. */
function withRule(featureSet: FeatureSet, table: string, choice: string, registry: Registry): FeatureSet {
  const rule = z.enum(aggregationRules).safeParse(choice);
  const chosen = featureSet.selections.filter((one) => one.table === table).flatMap((one) => one.features);
  const without = featuresWithoutRule(featureSet, table, registry).filter((name) => chosen.includes(name));
  if (choice === leaveOut) {
    return dropFeatures(
      featureSet,
      without.map((feature) => ({ table, feature })),
      [],
    );
  }
  if (!rule.success) return featureSet;
  const selections = featureSet.selections.map((one) => {
    if (one.table !== table) return one;
    const rules = without.filter((name) => one.features.includes(name)).map((name) => [name, rule.data]);
    return { ...one, aggregation: { ...one.aggregation, ...Object.fromEntries(rules) } };
  });
  return { ...featureSet, selections };
}

export function featuresWithoutRule(featureSet: FeatureSet, table: string, registry: Registry): string[] {
  const overridden = featureSet.selections
    .filter((one) => one.table === table)
    .flatMap((one) => Object.keys(one.aggregation ?? {}));
  return registry.features
    .filter((one) => one.table === table && !one.aggregation && !overridden.includes(one.name))
    .map(({ name }) => name);
}

function withoutFeature(featureSet: FeatureSet, choice: string): FeatureSet {
  const [, table, feature] = /^drop:([^.]+)\.(.+)$/.exec(choice) ?? [];
  return table && feature ? dropFeatures(featureSet, [{ table, feature }], []) : featureSet;
}

function withValue(featureSet: FeatureSet, about: string, choice: string, registry: Registry): FeatureSet {
  const [, operator, table, column] = /^(in|not_in):([^.]+)\.([^:]+):/.exec(about) ?? [];
  if (choice === leaveOut || !table || !column || !hasColumn(registry, table, column)) return featureSet;
  const filter = { phrase: choice, table, column, values: [choice], mode: "add" as const };
  const named = operator === "not_in" ? "not_in" : "in";
  return { ...featureSet, filters: applyFilters(featureSet.filters, [{ ...filter, operator: named }], []) };
}

function withCondition(featureSet: FeatureSet, choice: string, registry: Registry): FeatureSet {
  const filter = readConditionText(choice);
  if (!filter || !hasColumn(registry, filter.table, filter.column)) return featureSet;
  const planned = { ...filter, phrase: choice, mode: "replace" as const };
  return { ...featureSet, filters: applyFilters(featureSet.filters, [planned], []) };
}

function settled(featureSet: FeatureSet, about: string, choice: string, registry: Registry): FeatureSet {
  const [table = "", column] = about.split(".");
  if (choice === leaveOut && column) return featureSet;
  if (!column) {
    if (choice !== "keep") return dropTables(featureSet, [table], []);
    const include = { phrase: table, tables: [table], features: [], delaySeconds: null, role: null };
    return addFeatures(featureSet, include, registry, []);
  }
  const colon = choice.indexOf(":");
  const operator = z.enum(filterOperators).safeParse(choice.slice(0, colon));
  if (!operator.success || !hasColumn(registry, table, column)) return featureSet;
  const text = choice.slice(colon + 1);
  const type = registry.features.find((one) => one.table === table && one.name === column)?.type;
  const isNumber = type === "integer" || type === "float" || type === "decimal";
  const filter = { phrase: text, table, column, operator: operator.data, mode: "replace" as const };
  const values = [isNumber ? Number(text) : text];
  return { ...featureSet, filters: applyFilters(featureSet.filters, [{ ...filter, values }], []) };
}

function hasColumn(registry: Registry, table: string, column: string): boolean {
  return registry.features.some((one) => one.table === table && one.name === column);
}
