import type { Feature, FeatureTable, Registry, RegistrySearch } from "@/lib/registry";

/** How near a name must come, where it is not exact, to be taken for what was meant. */
const nearEnough = 0.5;

/**
 * What the registry says of a feature or table, as the person may have written it: exact name first, then the nearest
 * by search, named as such. Null when nothing comes near.
 */
export async function describeSubject(
  subject: string,
  registry: Registry,
  search: RegistrySearch,
): Promise<string | null> {
  const wanted = normal(subject);
  const exact = registry.features.filter((feature) => normal(feature.name) === wanted);
  if (exact.length > 0) return exact.map((feature) => describeFeature(feature, registry)).join("\n\n");
  const table = registry.tables.find((candidate) => normal(candidate.name) === wanted);
  if (table) return describeTable(table, registry);

  const [nearest] = await search.rankFeatures(subject, { limit: 1 });
  const feature = registry.features.find((f) => f.table === nearest?.table && f.name === nearest?.feature);
  if (!feature || !nearest || nearest.score < nearEnough) return null;
  return `Nothing is called exactly that. The nearest feature:\n\n${describeFeature(feature, registry)}`;
}

function describeFeature(feature: Feature, registry: Registry): string {
  const table = registry.tables.find(({ name }) => name === feature.table);
  const facts = [
    `type ${feature.type}`,
    feature.unit && `in ${feature.unit}`,
    feature.windowDays && `over the last ${feature.windowDays} days`,
    `${(feature.nullRate * 100).toFixed(1)}% null in the whole table`,
    feature.min !== undefined && feature.max !== undefined && `from ${feature.min} to ${feature.max}`,
    feature.aggregation &&
      `combined by ${feature.aggregation.replaceAll("_", " ")} when rows must be made one`,
    feature.pii && "personal data",
    `owned by ${feature.owner}`,
  ].filter(Boolean);
  return `**${feature.name}** — ${feature.description}\n\nOne value per ${table?.grain.join(", ") || "row"} in \`${feature.table}\`: ${facts.join("; ")}.`;
}

function describeTable(table: FeatureTable, registry: Registry): string {
  const features = registry.features.filter((feature) => feature.table === table.name && !feature.isKey);
  const families = [...new Set(features.map(({ family }) => family))].slice(0, 12);
  return `**${table.name}** — ${table.description}\n\n${features.length} features, ${table.rowCount.toLocaleString("en-US")} rows, one per ${table.grain.join(", ") || "no declared grain"}. Kinds of features: ${families.join(", ")}.`;
}

function normal(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "_")
    .replace(/^_|_$/g, "");
}
