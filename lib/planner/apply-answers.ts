import { z } from "zod";
import { type FeatureSet, featureSetSchema, filterOperators } from "@/lib/feature-set/schema";
import { aggregationRules, type Registry } from "@/lib/registry/types";
import { applyFilters } from "./apply-filters";
import { readConditionText } from "./condition-text";
import { findMissingRules } from "./missing-rules";
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
      return choice === leaveOut ? withoutTable(featureSet, about) : withPath(featureSet, about, choice);
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

function withoutTable(featureSet: FeatureSet, table: string): FeatureSet {
  const filters = featureSet.filters.filter((one) => one.table !== table);
  return dropTables({ ...featureSet, filters }, [table], []);
}

function withPath(featureSet: FeatureSet, table: string, path: string): FeatureSet {
  const place = <T extends { table: string; path?: string }>(one: T): T =>
    one.table === table && one.path === undefined ? { ...one, path } : one;
  const selected = featureSet.selections.some((one) => one.table === table);
  return {
    ...featureSet,
    selections: featureSet.selections.map(place),
    // A filter on a chosen table goes by that table's path.
    filters: selected ? featureSet.filters : featureSet.filters.map(place),
  };
}

/** The rule goes to every chosen feature of the table that has none that fits. */
function withRule(featureSet: FeatureSet, table: string, choice: string, registry: Registry): FeatureSet {
  const missing = findMissingRules(featureSet, registry);
  const rule = z.enum(aggregationRules).safeParse(choice);
  if (missing?.table !== table) return featureSet;
  if (choice === leaveOut) {
    const kept = featureSet.filters.filter(
      (one) => one.table !== table || !missing.features.includes(one.column),
    );
    return dropFeatures(
      { ...featureSet, filters: kept },
      missing.features.map((feature) => ({ table, feature })),
      [],
    );
  }
  if (!rule.success) return featureSet;
  const ruled = missing.features.filter((name) => missing.rules[name]?.includes(rule.data));
  const rules = (features: string[]) =>
    Object.fromEntries(features.filter((name) => ruled.includes(name)).map((name) => [name, rule.data]));
  return {
    ...featureSet,
    selections: featureSet.selections.map((one) =>
      one.table === table ? { ...one, aggregation: { ...one.aggregation, ...rules(one.features) } } : one,
    ),
    filters: featureSet.filters.map((one) =>
      one.table === table && ruled.includes(one.column) ? { ...one, aggregation: rule.data } : one,
    ),
  };
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
