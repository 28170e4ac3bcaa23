import type { FeatureSet, Filter } from "@/lib/feature-set/schema";
import type { PlannedRequest } from "@/lib/planner";
import type { Feature, Registry } from "@/lib/registry/types";
import type { ExpectedTurn } from "./request-cases";

const shortNames: Record<string, string> = {
  geo: "SELLER_GEO_FEATURES",
  engagement: "SELLER_ENGAGEMENT_FEATURES",
  clickstream: "CLICKSTREAM_SELLER_90D",
  demographics: "CITY_DEMOGRAPHICS_FEATURES",
  location: "LLM_LOCATION_FEATURES",
  trend: "SELLER_TREND_FEATURES",
  property: "PROPERTY_MARKET_FEATURES",
  marketing: "MARKETING_ENGAGEMENT_FEATURES",
};

/** What differs between a turn's outcome and what was expected of it, a line each; none when it is exactly right. */
export function compareTurn(
  expected: ExpectedTurn,
  actual: { request: PlannedRequest; featureSet: FeatureSet | null },
  registry: Registry,
): string[] {
  const { request, featureSet } = actual;
  const differences: string[] = [];
  const compare = (what: string, wanted: unknown, got: unknown) => {
    if (JSON.stringify(wanted) === JSON.stringify(got)) return;
    differences.push(`${what}: wanted ${JSON.stringify(wanted)}, got ${JSON.stringify(got)}`);
  };
  compare("intent", expected.intent, request.intent);
  compare("unresolved", expected.unresolved, shownUnresolved(expected, request));
  if (expected.subject !== null)
    compare("subject", expected.subject.toLowerCase(), request.subject?.toLowerCase());
  if (expected.stamp !== null) compare("stamp", expected.stamp, request.stamp);
  if (expected.intent === "count") {
    compare("rows", expected.rows, request.entity);
    compare("filters", [...expected.filters].sort(), shownFilters(request.filters));
  }
  if (expected.intent !== "build" && expected.intent !== "refine") return differences;

  compare("rows", expected.rows, featureSet?.spine.kind === "population" ? featureSet.spine.entity : null);
  compare("filters", [...expected.filters].sort(), shownFilters(featureSet?.filters ?? []));
  compare("pii", expected.pii, featureSet?.excludePii);
  compare("as of", expected.asOf, featureSet?.spine.kind === "population" ? featureSet.spine.asOf : null);
  differences.push(...compareFeatures(expected, featureSet, registry));
  for (const selection of featureSet?.selections ?? []) {
    compare(`delay of ${selection.table}`, expected.delays[selection.table], selection.delaySeconds);
    compare(`path of ${selection.table}`, expected.paths[selection.table], selection.path);
  }
  return differences;
}

function compareFeatures(
  expected: ExpectedTurn,
  featureSet: FeatureSet | null,
  registry: Registry,
): string[] {
  const wanted = new Map(expected.features.map((spec) => featuresOf(spec, expected.pii, registry)));
  const got = new Map((featureSet?.selections ?? []).map(({ table, features }) => [table, features]));
  return [...new Set([...wanted.keys(), ...got.keys()])].flatMap((table) => {
    const want = [...(wanted.get(table) ?? [])].sort();
    const have = [...(got.get(table) ?? [])].sort();
    if (want.join() === have.join()) return [];
    return [`features of ${table}: wanted ${summary(want)}, got ${summary(have)}`];
  });
}

function featuresOf(spec: string, pii: boolean, registry: Registry): [table: string, features: string[]] {
  const [short = "", rule] = spec.split(":");
  const table = shortNames[short] ?? short;
  const entry = registry.tables.find(({ name }) => name === table);
  if (!entry) throw new Error(`The expectation ${spec} names no table of the mart.`);
  const own = registry.features.filter((one) => one.table === table && !one.isKey && !(pii && one.pii));
  const chosen = own.filter((one) => fits(one, rule)).map(({ name }) => name);
  if (chosen.length === 0) throw new Error(`The expectation ${spec} fits no feature of ${table}.`);
  return [table, chosen];
}

function fits(feature: Feature, rule: string | undefined): boolean {
  if (!rule) return true;
  const [, minus = "", what = "", value = ""] = /^(-?)(family=|window=|nulls<=|)(.+)$/.exec(rule) ?? [];
  const matches =
    what === "family="
      ? value.split("|").includes(feature.family)
      : what === "window="
        ? feature.windowDays === Number(value)
        : what === "nulls<="
          ? feature.nullRate <= Number(value)
          : value.split(",").includes(feature.name);
  return matches !== (minus === "-");
}

function shownFilters(filters: Pick<Filter, "column" | "operator" | "values">[]): string[] {
  return filters
    .map(({ column, operator, values }) => {
      const list = operator === "between" ? values : [...values].sort();
      return `${column} ${operator} ${list.join("|")}`;
    })
    .sort();
}

/** With the phrase only where the expectation has one. */
function shownUnresolved(expected: ExpectedTurn, request: PlannedRequest): string[] {
  return request.unresolved.map(({ reason, phrase }, index) =>
    expected.unresolved[index]?.includes(":") ? `${reason}:${phrase}` : reason,
  );
}

function summary(features: string[]): string {
  if (features.length === 0) return "none";
  return features.length > 6
    ? `${features.length} (${features.slice(0, 4).join(", ")} …)`
    : features.join(", ");
}
