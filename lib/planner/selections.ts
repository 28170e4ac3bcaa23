import type { FeatureSet, Selection } from "@/lib/feature-set/schema";
import { percent, plural } from "@/lib/figures";
import type { QualityReport } from "@/lib/quality/report";
import type { AggregationRule, Feature, FeatureTable, Registry } from "@/lib/registry/types";
import { pathOfRole } from "./path-of-role";
import { ruleFits } from "./rule-fits";
import type { PlannedRequest } from "./schema";

type Include = PlannedRequest["include"][number];
type FeatureName = { table: string; feature: string };

/** All features of the tables meant, or the single features meant, without keys, times and ruled-out personal data. */
export function addFeatures(
  featureSet: FeatureSet,
  include: Include,
  registry: Registry,
  changes: string[],
): FeatureSet {
  const byTable = new Map<string, Set<string>>();
  if (include.features.length > 0) {
    for (const { table, feature } of include.features) {
      byTable.set(table, (byTable.get(table) ?? new Set()).add(feature));
    }
  } else {
    for (const table of include.tables) byTable.set(table, allFeatures(table, registry));
  }
  let next = featureSet;
  for (const [table, wanted] of byTable) {
    // In the registry's order, so that the same request gives the same set whatever it was asked before.
    const features = registry.features
      .filter((feature) => feature.table === table && wanted.has(feature.name))
      .filter((feature) => !(featureSet.excludePii && feature.pii))
      .map(({ name }) => name);
    if (features.length === 0) {
      changes.push(`${table} holds only personal data, which are ruled out.`);
    } else {
      next = addSelection(next, { table, features }, include, registry, changes);
    }
  }
  return next;
}

export function dropTables(featureSet: FeatureSet, tables: string[], changes: string[]): FeatureSet {
  const dropped = featureSet.selections.filter(({ table }) => tables.includes(table));
  for (const { table } of dropped) changes.push(`${table} is left out.`);
  return { ...featureSet, selections: featureSet.selections.filter((one) => !dropped.includes(one)) };
}

export function dropFeatures(featureSet: FeatureSet, features: FeatureName[], changes: string[]): FeatureSet {
  const names = new Set(features.map(({ table, feature }) => `${table}.${feature}`));
  return keepFeatures(
    featureSet,
    (table, feature) => !names.has(`${table}.${feature}`),
    (dropped) => changes.push(`Left out: ${listed(dropped)}.`),
  );
}

export function dropPii(featureSet: FeatureSet, registry: Registry, changes: string[]): FeatureSet {
  if (!featureSet.excludePii) return featureSet;
  const personal = new Set(
    registry.features.filter(({ pii }) => pii).map(({ table, name }) => `${table}.${name}`),
  );
  return keepFeatures(
    featureSet,
    (table, feature) => !personal.has(`${table}.${feature}`),
    (dropped) => changes.push(`Left out as personal data: ${listed(dropped)}.`),
  );
}

/** Drops columns that were null more often than `above` (0…1) in the last run; those it did not have, in the registry. */
export function dropNullColumns(
  featureSet: FeatureSet,
  above: number,
  registry: Registry,
  report: QualityReport | undefined,
  changes: string[],
): FeatureSet {
  const seen = new Map(report?.nulls.map(({ table, column, rate }) => [`${table}.${column}`, rate]));
  const stored = new Map(
    registry.features.map(({ table, name, nullRate }) => [`${table}.${name}`, nullRate]),
  );
  const where = report ? "in the last matrix" : "in their own tables, as no matrix has been built yet";
  const limit = percent(above);
  let found = false;
  const next = keepFeatures(
    featureSet,
    (table, feature, alias) => {
      const name = `${table}.${feature}`;
      const rate = seen.get(name) ?? seen.get(`${table}.${alias}__${feature}`) ?? stored.get(name) ?? 0;
      return rate <= above;
    },
    (dropped) => {
      found = true;
      changes.push(`Left out for more than ${limit} nulls ${where}: ${listed(dropped)}.`);
    },
  );
  const left = new Set(next.selections.map(({ alias, table }) => alias ?? table));
  for (const { alias, table } of featureSet.selections) {
    if (!left.has(alias ?? table)) changes.push(`Nothing is left of ${alias ?? table}.`);
  }
  if (!found) changes.push(`No column has more than ${limit} nulls ${where}.`);
  return next;
}

function addSelection(
  featureSet: FeatureSet,
  { table, features }: { table: string; features: string[] },
  include: Include,
  registry: Registry,
  changes: string[],
): FeatureSet {
  const { delaySeconds, role } = include;
  const path = role ? pathOfRole(featureSet, { table, features }, role, registry) : undefined;
  const before = featureSet.selections.find((one) => one.table === table && (!path || one.path === path));
  const twice = !before && featureSet.selections.some((one) => one.table === table);
  const all = before
    ? registry.features.filter((one) => one.table === table).map(({ name }) => name)
    : features;
  const rules = rulesFor(
    featureSet,
    { table, features, path: path ?? before?.path },
    include,
    registry,
    changes,
  );
  const selection: Selection = {
    ...before,
    table,
    features: all.filter((name) => features.includes(name) || before?.features.includes(name)),
    ...(path && { path }),
    // The same table by a second path needs a name of its own.
    ...(twice && role && { alias: `${table}_${role}` }),
    ...(delaySeconds !== null && { delaySeconds }),
    ...(Object.keys(rules).length > 0 && { aggregation: { ...before?.aggregation, ...rules } }),
  };
  const added = selection.features.length - (before?.features.length ?? 0);
  if (added > 0) changes.push(`Added ${plural(added, "feature", "features")} of ${table}.`);
  return {
    ...featureSet,
    names: twice ? "full" : featureSet.names,
    selections: before
      ? featureSet.selections.map((one) => (one === before ? selection : one))
      : [...featureSet.selections, selection],
  };
}

/** The rule asked for, by feature, where there are several rows to make one of. */
function rulesFor(
  featureSet: FeatureSet,
  { table, features, path }: { table: string; features: string[]; path: string | undefined },
  { aggregation, phrase }: Include,
  registry: Registry,
  changes: string[],
): NonNullable<Selection["aggregation"]> {
  if (!aggregation) return {};
  const fits = features.map((feature) => ({
    feature,
    fit: ruleFits(featureSet, { table, feature, path }, aggregation, registry),
  }));
  const unfit = fits.filter(({ fit }) => fit === "unfit").map(({ feature }) => feature);
  if (unfit.length > 0) changes.push(`“${phrase}” does not fit the values of ${listed(unfit)}.`);
  const ruled = fits.filter(({ fit }) => fit === "applies").map(({ feature }) => feature);
  if (ruled.length > 0) changes.push(ruleText(table, ruled, aggregation));
  return Object.fromEntries(ruled.map((feature) => [feature, aggregation]));
}

function ruleText(table: string, features: string[], rule: AggregationRule): string {
  const names = listed(features);
  return rule === "count"
    ? `${names} of ${table}: how many rows have it, for each row of the matrix.`
    : `${names} of ${table}: the ${rule.replace("_", " ")} of the rows that belong to a row of the matrix.`;
}

/** Every feature of a table but its keys, its times and the weights that are only there to average by. */
function allFeatures(table: string, registry: Registry): Set<string> {
  const entry = registry.tables.find(({ name }) => name === table);
  return new Set(
    registry.features
      .filter((feature) => feature.table === table && isFeature(feature, entry))
      .map(({ name }) => name),
  );
}

function isFeature(feature: Feature, table: FeatureTable | undefined): boolean {
  return !feature.isKey && feature.name !== table?.eventTime && feature.name !== table?.createdTime;
}

function keepFeatures(
  featureSet: FeatureSet,
  keeps: (table: string, feature: string, alias: string) => boolean,
  onDropped: (dropped: string[]) => void,
): FeatureSet {
  const dropped: string[] = [];
  const selections = featureSet.selections
    .map((selection) => {
      const { table, alias = table } = selection;
      const features = selection.features.filter((feature) => keeps(table, feature, alias));
      dropped.push(...selection.features.filter((feature) => !features.includes(feature)));
      return { ...selection, features };
    })
    .filter(({ features }) => features.length > 0);
  if (dropped.length > 0) onDropped(dropped);
  return { ...featureSet, selections };
}

function listed(names: string[]): string {
  const shown = names.slice(0, 8).join(", ");
  return names.length > 8 ? `${shown} and ${names.length - 8} more` : shown;
}
