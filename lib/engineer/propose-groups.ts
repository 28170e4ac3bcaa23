import { AppError } from "@/lib/errors";
import { type Plan, resolveFeatureSet } from "@/lib/feature-set";
import { count, percent } from "@/lib/figures";
import { type Feature, type FeatureTable, type Registry, tableWords } from "@/lib/registry";
import { compilePlan } from "@/lib/sql";
import { quoteName, type Warehouse } from "@/lib/warehouse";

/** A further set of features proposed for a matrix, with the reason. */
export interface EnrichmentGroup {
  id: string;
  title: string;
  table: string;
  features: string[];
  reason: string;
  /** Worth taking by what was measured; what `--yes` takes. */
  proposed: boolean;
}

/** Trying a table costs a query over the set's rows: of a large mart only the nearest tables are tried … */
const mostTried = 10;
/** … until so much time is spent on it … */
const longestSearch = 8_000;
/** … by so many of its features, spread over all of them. */
const mostMeasured = 24;
/** As many are offered as a person reads. */
const mostOffered = 6;
/** Tables of other entities than the rows' are tried after so many that are found less near, but are about the rows. */
const behindOwn = 10;

/** A group is proposed when it finds at least this share of the rows … */
const enoughMatches = 0.5;
/** … and no more than this share of its values is null for them. */
const tooManyNulls = 0.5;
/** Features with fewer different values, such as those of two cities, hardly tell the rows apart. */
const enoughValues = 10;

/**
 * Feature tables that are not in the set and can be joined without asking anything, each tried on the set's own rows: the reason
 * tells what was measured, on some of its features. Those named in `near` are tried first, in that order, the ones about the rows
 * before others; of tables that divide the same thing (`VISITS_BY_…`) one. Personal data are never proposed, nor a name that the
 * matrix already has. Best first.
 */
export async function proposeGroups(input: {
  plan: Plan;
  registry: Registry;
  warehouse: Warehouse;
  near?: string[];
  signal?: AbortSignal;
}): Promise<EnrichmentGroup[]> {
  const { plan, registry, near = [] } = input;
  const taken = new Set(plan.featureSet.selections.map(({ table }) => table));
  const { spine } = plan.featureSet;
  const place = ({ name, entity }: FeatureTable) =>
    (near.includes(name) ? near.indexOf(name) : near.length) +
    (spine.kind === "population" && entity !== spine.entity ? behindOwn : 0);
  const candidates = registry.tables
    .filter((table) => table.kind === "feature" && !taken.has(table.name))
    .sort((a, b) => place(a) - place(b));
  const groups: (EnrichmentGroup & { value: number })[] = [];
  const divided = new Set<string>();
  const until = performance.now() + longestSearch;
  for (const table of candidates) {
    if (groups.length === mostTried || (groups.length > 0 && performance.now() > until)) break;
    const of = table.name.replace(/_BY_.+$/i, "");
    if (of !== table.name && divided.has(of)) continue;
    const features = eligibleFeatures(table, plan, registry);
    const trial = planTrial(table, features, plan, registry);
    if (!trial) continue;
    const measured = await measure(sampleOf(trial, table, registry), input);
    divided.add(of);
    const { matched, nulls, values } = measured;
    groups.push({
      ...describe(table, features, trial, measured, input),
      value: matched * (1 - nulls) * Math.min(1, values / enoughValues),
    });
  }
  return groups
    .sort((a, b) => b.value - a.value)
    .slice(0, mostOffered)
    .map(({ value: _, ...group }) => group);
}

function eligibleFeatures(table: FeatureTable, plan: Plan, registry: Registry): Feature[] {
  const present = new Set(plan.columns.map(({ name }) => name.toLowerCase()));
  const isFree = (name: string) => plan.featureSet.names === "full" || !present.has(name.toLowerCase());
  return registry.features.filter(
    (feature) => feature.table === table.name && !feature.isKey && !feature.pii && isFree(feature.name),
  );
}

/** The set's rows with this table's features alone; null where joining it would need an answer first, or is refused. */
function planTrial(table: FeatureTable, features: Feature[], plan: Plan, registry: Registry): Plan | null {
  const isFiner = features.some(({ aggregation }) => aggregation !== undefined);
  for (const chosen of isFiner ? [features, features.filter(({ aggregation }) => aggregation)] : [features]) {
    if (chosen.length === 0) continue;
    const selections = [{ table: table.name, features: chosen.map(({ name }) => name) }];
    try {
      return resolveFeatureSet({ ...plan.featureSet, selections }, registry);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
    }
  }
  return null;
}

/** The same with fewer features, spread evenly: enough to measure. */
function sampleOf(trial: Plan, { name }: FeatureTable, registry: Registry): Plan {
  const all = trial.featureSet.selections.flatMap(({ features }) => features);
  const some = Math.min(all.length, mostMeasured);
  const features = Array.from({ length: some }, (_, i) => all[Math.floor((i * all.length) / some)] ?? "");
  return resolveFeatureSet({ ...trial.featureSet, selections: [{ table: name, features }] }, registry);
}

interface Measured {
  rows: number;
  matched: number;
  nulls: number;
  values: number;
}

/**
 * Shares, 0…1: of the rows that the table matches, and of null values over all rows and features of the group; and how many
 * different values its most telling feature has.
 */
async function measure(
  trial: Plan,
  { warehouse, signal }: { warehouse: Warehouse; signal?: AbortSignal },
): Promise<Measured> {
  const { auditSql, audit } = compilePlan(trial, warehouse.dialect);
  const features = trial.columns.filter(({ role }) => role === "feature");
  const matched = audit.joins.map((join) => join.matched);
  const names = features.map(({ name }) => quoteName(name));
  const counted = [
    ...matched.map((name) => `count(${quoteName(name)})`),
    ...names.map((name) => `count(${name})`),
    ...names.map((name) => `count(DISTINCT ${name})`),
  ];
  const { rows } = await warehouse.query(
    `SELECT count(*), ${counted.join(", ")}\nFROM (${auditSql}) AS trial`,
    {
      signal,
    },
  );
  const [all = 0, ...present] = (rows[0] ?? []).map(Number);
  const found = matched.length > 0 ? Math.min(...present.slice(0, matched.length)) : all;
  const values = present.slice(matched.length, matched.length + names.length);
  const different = present.slice(matched.length + names.length);
  return {
    rows: all,
    matched: all === 0 ? 0 : found / all,
    nulls: all === 0 ? 1 : 1 - values.reduce((sum, value) => sum + value, 0) / (all * names.length),
    values: Math.max(0, ...different),
  };
}

function describe(
  table: FeatureTable,
  eligible: Feature[],
  trial: Plan,
  { rows, matched, nulls, values }: Measured,
  { plan, registry }: { plan: Plan; registry: Registry },
): EnrichmentGroup {
  const features = trial.columns
    .filter(({ role }) => role === "feature")
    .map(({ name, source }) => ({ name, source }));
  const chosen = new Set(features.map(({ source }) => source.column));
  const join = trial.joins.find((candidate) => candidate.table === table.name);
  const by = join?.path.at(-1)?.to.columns.join(", ") ?? trial.spine.keys.join(", ");
  const how = join ? `${join.cardinality.replaceAll("_", " ")} by ${by}` : "on the rows themselves";
  const news = newFamilies(
    eligible.filter(({ name }) => chosen.has(name)),
    plan,
    registry,
  );
  const alike =
    values < Math.min(enoughValues, rows)
      ? ` No feature has more than ${count(values)} different values.`
      : "";
  const about = news.length > 0 ? ` Adds what the set has nothing of yet: ${news.join(", ")}.` : "";
  return {
    id: table.name,
    title: titleOf(table.name),
    table: table.name,
    features: [...chosen],
    reason: `Matches ${percent(matched)} of the ${count(rows)} rows (${how}), with ${percent(nulls)} of its values null.${alike}${about}`,
    proposed: matched >= enoughMatches && nulls <= tooManyNulls && values >= Math.min(enoughValues, rows),
  };
}

/** Up to five kinds of features that the set does not have, the most frequent first. */
function newFamilies(features: Feature[], plan: Plan, registry: Registry): string[] {
  const sources = new Set(plan.columns.map(({ source }) => `${source.table}.${source.column}`));
  const known = new Set(
    registry.features.filter((f) => sources.has(`${f.table}.${f.name}`)).map(({ family }) => family),
  );
  const counts = new Map<string, number>();
  for (const { family } of features) {
    if (family && !known.has(family)) counts.set(family, (counts.get(family) ?? 0) + 1);
  }
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, 5)
    .map(([family]) => family.replaceAll("_", " "));
}

function titleOf(table: string): string {
  const words = tableWords(table);
  const title = words.charAt(0).toUpperCase() + words.slice(1);
  return title.replace(/^(Llm|Poi|Crm)\b/, (acronym) => acronym.toUpperCase());
}
