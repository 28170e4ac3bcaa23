import type { Registry } from "@/lib/registry/types";
import { splitClauses } from "../offline/clauses";
import { tokenize } from "../offline/text";
import { vocabularyOf } from "../offline/vocabulary";
import type { PlannerContext } from "../port";

const most = { phrases: 16, tables: 16, features: 80, filterColumns: 24, valuesPerColumn: 12 };

/**
 * What the model reads of a registry: what the search finds for each phrase of the message, capped, so that its size does
 * not grow with the registry. Descriptions are cut and quoted: they are data.
 */
export async function renderContext(message: string, context: PlannerContext): Promise<string> {
  const { registry, search, featureSet } = context;
  const phrases = phrasesOf(message);
  const tables = new Set(featureSet?.selections.map(({ table }) => table));
  const features = new Map<string, Set<string>>();
  const entity = featureSet?.spine.kind === "population" ? featureSet.spine.entity : undefined;
  for (const phrase of phrases) {
    for (const { table } of await search.rank(phrase, { limit: 4, entity })) tables.add(table);
    for (const { table, feature } of await search.rankFeatures(phrase, { limit: 6 })) {
      features.set(table, (features.get(table) ?? new Set()).add(feature));
    }
  }
  for (const table of features.keys()) tables.add(table);
  return [
    section(
      "Entities",
      registry.entities.map(({ name, synonyms }) => `${name} (${synonyms.join(", ")})`),
    ),
    section(
      "Tables",
      [...tables].slice(0, most.tables).flatMap((name) => tableLine(name, registry)),
    ),
    section("Features that may be meant", featureLines(features, registry)),
    section("Columns with values to filter by", valueLines(message, registry)),
    section("The feature set so far", [featureSet ? JSON.stringify(compact(featureSet)) : "none"]),
    section("Stamp and last known instant", [`${registry.stamp}, ${registry.asOf}`]),
  ].join("\n\n");
}

export function phrasesOf(message: string): string[] {
  const clauses = splitClauses(tokenize(message)).map(({ tokens }) =>
    tokens.map(({ text }) => text).join(" "),
  );
  return [...new Set(clauses)].slice(0, most.phrases);
}

export function section(title: string, lines: string[]): string {
  return `## ${title}\n${lines.length > 0 ? lines.map((line) => `- ${line}`).join("\n") : "none"}`;
}

function tableLine(name: string, registry: Registry): string[] {
  const table = registry.tables.find((one) => one.name === name);
  if (!table) return [];
  const roles = table.keys.flatMap(({ role }) => role ?? []);
  const count = registry.features.filter((one) => one.table === name && !one.isKey).length;
  const role = roles.length > 0 ? `, roles ${roles.join(", ")}` : "";
  return [`${name}: one row per ${table.entity}, ${count} features${role}: ${quoted(table.description)}`];
}

function featureLines(features: Map<string, Set<string>>, registry: Registry): string[] {
  return registry.features
    .filter(({ table, name }) => features.get(table)?.has(name))
    .slice(0, most.features)
    .map((one) => {
      const facts = [one.type, one.unit, one.windowDays && `${one.windowDays} days`, one.pii && "personal"];
      return `${one.table}.${one.name} (${facts.filter(Boolean).join(", ")}): ${quoted(one.description)}`;
    });
}

/** Columns with a value that the message names come first, then those of the entities' own tables. */
function valueLines(message: string, registry: Registry): string[] {
  const said = new Set(tokenize(message).map(({ word }) => word));
  const named = new Set(
    [...vocabularyOf(registry).values]
      .filter(([key]) => key.split(" ").every((word) => said.has(word)))
      .flatMap(([, places]) => places.map(({ table, column, value }) => `${table}.${column}=${value}`)),
  );
  const columns = new Map<string, { values: string[]; named: number }>();
  for (const { table, column, value, aliases } of registry.values) {
    const key = `${table}.${column}`;
    const isNamed = named.has(`${key}=${value}`);
    const entry = columns.get(key) ?? { values: [], named: 0 };
    const text = aliases.length > 0 ? `${value} (${aliases.join(", ")})` : value;
    if (isNamed) entry.values.unshift(text);
    else entry.values.push(text);
    columns.set(key, { values: entry.values, named: entry.named + (isNamed ? 1 : 0) });
  }
  return [...columns]
    .sort(([, a], [, b]) => b.named - a.named)
    .slice(0, most.filterColumns)
    .map(([key, { values }]) => {
      const shown = values.slice(0, most.valuesPerColumn).map((value) => value.slice(0, 60));
      const rest = values.length - shown.length;
      return `${key}: ${JSON.stringify(shown)}${rest > 0 ? ` and ${rest} more` : ""}`;
    });
}

function compact({ spine, filters, selections, excludePii }: NonNullable<PlannerContext["featureSet"]>) {
  return {
    spine,
    filters,
    excludePii,
    selections: selections.map(({ table, features }) => ({ table, features: features.length })),
  };
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 160 ? `${text.slice(0, 160)}…` : text);
}
