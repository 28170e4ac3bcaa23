import { AppError } from "@/lib/errors";
import type { Feature, Registry } from "@/lib/registry/types";
import { type AppliedRule, applyRules } from "./aggregation";
import { type Catalog, catalogOf } from "./catalog";
import { checkNames } from "./columns";
import { derivedFrom } from "./derived";
import { checkFilter } from "./filters";
import { type JoinRequest, planJoin } from "./join";
import { type Plan, type PlannedColumn, type PlannedFilter, type PlannedJoin, storedColumn } from "./plan";
import type { FeatureSet, Filter, Selection } from "./schema";
import { plannedTime, type ResolvedSpine, resolveSpine, type SpineColumns } from "./spine";
import { timeNotes } from "./time-notes";

export interface ResolveOptions {
  /** Columns of a given spine's table, where the registry does not have it. */
  spineColumns?: SpineColumns;
  /** For counting: a set without features is a plan of its spine. */
  allowEmpty?: boolean;
}

interface Context {
  featureSet: FeatureSet;
  catalog: Catalog;
  spine: ResolvedSpine;
  joins: PlannedJoin[];
  notes: string[];
}

/**
 * Resolves a feature set against the registry, by the rules of docs/decisions/0001-joining.md. The same feature set and
 * registry always give the same plan. Nothing is guessed: what could mean two things is an error that lists both.
 * @throws AppError FEATURE_SET_EMPTY, FEATURE_SET_INVALID, TABLE_UNKNOWN, FEATURE_UNKNOWN, GRAIN_UNDECLARED, PATH_MISSING,
 *   PATH_AMBIGUOUS, AGGREGATION_MISSING, KEY_TYPE_MISMATCH, DUPLICATE_FEATURE
 */
export function resolveFeatureSet(
  featureSet: FeatureSet,
  registry: Registry,
  options: ResolveOptions = {},
): Plan {
  checkMart(featureSet, registry);
  if (featureSet.selections.length === 0 && !options.allowEmpty) throw new AppError("FEATURE_SET_EMPTY");
  const catalog = catalogOf(registry);
  const spine = resolveSpine(featureSet, registry, catalog, options.spineColumns);
  const context: Context = { featureSet, catalog, spine, joins: [], notes: [...spine.notes] };
  checkAliases(featureSet.selections);
  const features = featureSet.selections.flatMap((selection) => planSelection(selection, context));
  const filters = featureSet.filters.map((filter) => planFilter(filter, context));
  const columns = [...spineColumnsOf(context), ...features];
  const needsTime =
    context.joins.some((join) => join.path.some((hop) => hop.time !== null)) ||
    [...columns, ...filters].some(({ derived }) => derived !== undefined);
  checkNames(columns);
  if (featureSet.excludePii) checkPii(columns, context);
  return {
    version: 1,
    featureSet,
    spine: {
      table: spine.start.table,
      entity: spine.start.entity,
      keys: spine.keys,
      time: plannedTime(spine, needsTime),
      filters,
    },
    joins: context.joins,
    columns,
    notes: [
      ...context.notes,
      ...timeNotes(spine, featureSet, registry, { joins: context.joins, columns: features }),
    ],
  };
}

function planSelection(selection: Selection, context: Context): PlannedColumn[] {
  const { catalog, spine, featureSet } = context;
  const alias = selection.alias ?? selection.table;
  const nameOf = (feature: string) => (featureSet.names === "full" ? `${alias}__${feature}` : feature);
  if (selection.table === spine.start.table && selection.path === undefined) {
    return selection.features.map((name) => ({ ...ownColumn(name, "feature", context), name: nameOf(name) }));
  }
  const table = catalog.table(selection.table);
  const features = selection.features.map((name) => catalog.feature(table.name, name));
  const join = addJoin({ ...selection, table, alias, filterOnly: false }, context);
  const rules = rulesOf(join, features, selection.aggregation ?? {}, catalog);
  return features.map((feature) => ({
    name: nameOf(feature.name),
    type: rules.get(feature.name)?.type ?? feature.type,
    role: "feature",
    source: { table: table.name, column: feature.name },
    join: join.id,
    aggregation: rules.get(feature.name)?.rule ?? null,
    weight: rules.get(feature.name)?.weight ?? null,
    ...derivedFrom(feature, catalog),
  }));
}

function planFilter(filter: Filter, context: Context): PlannedFilter {
  const { catalog, spine } = context;
  const placed = (
    { type, derived }: Pick<PlannedFilter, "type" | "derived">,
    join: string | null,
    rule?: AppliedRule,
  ): PlannedFilter => {
    checkFilter(filter, type);
    const { rule: appliedRule = null, weight = null } = rule ?? {};
    return { ...filter, join, type, appliedRule, weight, ...(derived && { derived }) };
  };
  if (filter.table === spine.start.table && filter.path === undefined) {
    return placed(ownColumn(filter.column, "feature", context), null);
  }
  const join = joinOfFilter(filter, context);
  const feature = catalog.feature(join.table, filter.column);
  const asked = filter.aggregation ? { [feature.name]: filter.aggregation } : {};
  const rule = rulesOf(join, [feature], asked, catalog).get(feature.name);
  return placed({ type: rule?.type ?? feature.type, ...derivedFrom(feature, catalog) }, join.id, rule);
}

/** The selection's join that the filter names by alias or table; else one of its own, shared with other filters. */
function joinOfFilter(filter: Filter, context: Context): PlannedJoin {
  const { catalog, joins } = context;
  const byAlias = joins.find((join) => !join.filterOnly && join.alias === filter.table);
  if (byAlias && filter.path === undefined) return byAlias;
  const table = catalog.table(filter.table);
  const planned = (alias: string) => planJoin({ table, alias, path: filter.path, filterOnly: true }, context);
  const selected = joins.filter((join) => join.table === filter.table && !join.filterOnly);
  if (filter.path === undefined && selected.length > 1) {
    throw new AppError(
      "FEATURE_SET_INVALID",
      `${filter.table} is joined more than once. Name the one that ${filter.column} is filtered by: ${selected.map(({ alias }) => alias).join(", ")}.`,
      { details: { table: filter.table, aliases: selected.map(({ alias }) => alias) } },
    );
  }
  if (filter.path === undefined && selected[0]) return selected[0];
  const { path } = planned(filter.table);
  const same = joins.find((join) => JSON.stringify(join.path) === JSON.stringify(path));
  return same ?? addJoin({ table, alias: filter.table, path: filter.path, filterOnly: true }, context);
}

function addJoin(request: JoinRequest, context: Context): PlannedJoin {
  const join = { id: `j${context.joins.length + 1}`, ...planJoin(request, context) };
  context.joins.push(join);
  return join;
}

function rulesOf(
  join: PlannedJoin,
  features: Feature[],
  asked: NonNullable<Selection["aggregation"]>,
  catalog: Catalog,
): Map<string, AppliedRule> {
  if (join.cardinality !== "aggregated") return new Map();
  return applyRules(features, { asked, hasEventTime: join.time !== null, catalog });
}

function spineColumnsOf(context: Context): PlannedColumn[] {
  const { spine } = context;
  const own = (name: string, role: PlannedColumn["role"]) => ownColumn(name, role, context);
  const time = spine.time && "column" in spine.time ? [spine.time.column] : [];
  return [
    ...spine.keys.map((name) => own(name, "key")),
    ...time.filter((name) => !spine.keys.includes(name)).map((name) => own(name, "time")),
    ...spine.carried.map((name) => own(name, "carried")),
  ];
}

/** What stands on the spine's own rows. */
function ownColumn(name: string, role: PlannedColumn["role"], { spine, catalog }: Context): PlannedColumn {
  const { table } = spine.start;
  const { type, derived } = spine.column(name);
  return {
    name,
    type,
    role,
    source: { table, column: name },
    join: null,
    aggregation: null,
    weight: null,
    ...derivedFrom({ table, name, type, derived }, catalog),
  };
}

function checkMart(featureSet: FeatureSet, registry: Registry): void {
  if (featureSet.mart === registry.mart && featureSet.stamp === registry.stamp) return;
  throw new AppError(
    "FEATURE_SET_INVALID",
    `The feature set is for ${featureSet.mart} at ${featureSet.stamp}, and this is ${registry.mart} at ${registry.stamp}.`,
    { details: { mart: registry.mart, stamp: registry.stamp } },
  );
}

function checkAliases(selections: Selection[]): void {
  const seen = new Set<string>();
  for (const { alias, table } of selections) {
    const name = (alias ?? table).toLowerCase();
    if (seen.has(name)) {
      throw new AppError(
        "FEATURE_SET_INVALID",
        `${alias ?? table} is selected twice. Put its features into one selection, or give the second an alias of its own.`,
        { details: { table, alias: alias ?? table } },
      );
    }
    seen.add(name);
  }
}

/** The lock: callers leave personal data out before this; nothing gets past it. */
function checkPii(columns: PlannedColumn[], { spine, catalog }: Context): void {
  const personal = columns.filter((column) =>
    [column.source.column, storedColumn(column)].some((name) =>
      column.join === null ? spine.column(name).pii : catalog.feature(column.source.table, name).pii,
    ),
  );
  if (personal.length === 0) return;
  const names = personal.map(({ source }) => `${source.table}.${source.column}`);
  throw new AppError(
    "FEATURE_SET_INVALID",
    `Personal data were ruled out, and ${names.join(", ")} ${names.length === 1 ? "is" : "are"} personal. Leave ${names.length === 1 ? "it" : "them"} out, or allow personal data.`,
    { details: { pii: names } },
  );
}
