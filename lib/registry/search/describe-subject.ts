import { plainWords } from "@/lib/plain-words";
import type { RegistrySearch } from "@/lib/registry/search-port";
import type { Feature, FeatureTable, Registry } from "@/lib/registry/types";
import { relevantScore } from "./rank-tables";

/** What a feature or table means, in Markdown; null when nothing in the registry comes near the subject. */
export async function describeSubject(
  subject: string,
  registry: Registry,
  search: RegistrySearch,
): Promise<string | null> {
  const key = (name: string) =>
    name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, " ")
      .trim();
  const wanted = key(subject);
  const table = registry.tables.find(({ name }) => key(name) === wanted);
  if (table) return describeTable(table, registry);
  const exact = registry.features.filter((feature) =>
    [key(feature.name), key(`${feature.table} ${feature.name}`)].includes(wanted),
  );
  if (exact.length > 0) return exact.slice(0, 5).map(describeFeature).join("\n\n");

  const [nearTable] = await search.rank(subject, { limit: 1 });
  const nearFeatures = (await search.rankFeatures(subject, { limit: 3 })).filter(
    ({ score }) => score >= relevantScore,
  );
  const features = nearFeatures.flatMap(({ table: name, feature }) =>
    registry.features.filter((candidate) => candidate.table === name && candidate.name === feature),
  );
  if (features.length > 0 && (nearFeatures[0]?.score ?? 0) >= (nearTable?.score ?? 0)) {
    return `Nothing is called exactly that. The nearest:\n\n${features.map(describeFeature).join("\n\n")}`;
  }
  const near = registry.tables.find(({ name }) => name === nearTable?.table);
  return near ? describeTable(near, registry) : null;
}

function describeFeature(feature: Feature): string {
  const facts = [
    feature.type,
    feature.unit && `in ${plainWords(feature.unit)}`,
    feature.windowDays !== undefined && `over ${feature.windowDays} days`,
    feature.min !== undefined && feature.max !== undefined && `from ${feature.min} to ${feature.max}`,
    `${Math.round(100 * feature.nullRate)}% empty`,
    feature.pii && "personal data",
  ].filter(Boolean);
  return `**${feature.name}** (${feature.table}): ${plainWords(feature.description) || "no description"} — ${facts.join(", ")}.`;
}

function describeTable(table: FeatureTable, registry: Registry): string {
  const features = registry.features.filter((feature) => feature.table === table.name && !feature.isKey);
  const some = features.slice(0, 5).map(({ name }) => name);
  const grain = table.grain.length > 0 ? `one row per ${table.grain.join(", ")}` : "no declared grain";
  return `**${table.name}**: ${plainWords(table.description) || "no description"} — ${features.length} features, ${grain}. For instance ${some.join(", ")}.`;
}
