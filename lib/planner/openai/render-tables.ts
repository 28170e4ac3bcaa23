import type { Feature, FeatureTable, Registry } from "@/lib/registry/types";
import type { PlannerContext } from "../port";
import { phrasesOf, section } from "./render-context";

const most = { tables: 12, columns: 40, values: 12, description: 200, text: 60 };

/**
 * The tables that a question may be about, with their columns: what the search finds for its phrases, and the tables that
 * these point at, capped. All text is quoted: it is data. Columns with personal data, and those that no table stores, are
 * left out.
 */
export async function renderTables(
  question: string,
  { registry, search }: Pick<PlannerContext, "registry" | "search">,
): Promise<string> {
  const wanted = new Map<string, Set<string>>();
  const want = (table: string) => wanted.get(table) ?? wanted.set(table, new Set()).get(table);
  for (const phrase of phrasesOf(question)) {
    for (const { table } of await search.rank(phrase, { limit: 4 })) want(table);
    for (const { table, feature } of await search.rankFeatures(phrase, { limit: 8 }))
      want(table)?.add(feature);
  }
  const found = registry.tables.filter(({ name }) => wanted.has(name));
  const tables = [...new Set([...populations(found, question, registry), ...found])].slice(0, most.tables);
  return tables
    .map((table) =>
      section(`Table ${JSON.stringify(table.name)}`, tableLines(table, wanted.get(table.name), registry)),
    )
    .join("\n\n");
}

/** The things themselves that a question names or that tables are about, and what their keys point at. */
function populations(
  found: FeatureTable[],
  question: string,
  { tables, entities }: Registry,
): FeatureTable[] {
  const said = question.toLowerCase();
  const named = entities.filter(({ name, plural, synonyms }) =>
    [name, plural, ...synonyms].some((word) => said.includes(word.toLowerCase())),
  );
  const about = new Set([...named.map(({ name }) => name), ...found.map(({ entity }) => entity)]);
  const direct = tables.filter(({ kind, entity }) => kind === "entity" && about.has(entity));
  const pointed = new Set(direct.flatMap(({ keys }) => keys.map(({ entity }) => entity)));
  return [
    ...new Set([...direct, ...tables.filter((one) => one.kind === "entity" && pointed.has(one.entity))]),
  ];
}

function tableLines(table: FeatureTable, wanted: Set<string> | undefined, registry: Registry): string[] {
  const columns = registry.features.filter((one) => one.table === table.name && !one.pii && !one.derived);
  const shown = [
    ...columns.filter(({ isKey }) => isKey),
    ...columns.filter(({ name, isKey }) => !isKey && wanted?.has(name)),
    ...columns.filter(({ name, isKey }) => !isKey && !wanted?.has(name)),
  ].slice(0, most.columns);
  return [
    `${cut(table.description, most.description)}, one row per ${quoted(table.grain) || "row"}, ${table.rowCount} rows`,
    ...table.keys.flatMap((key) => keyLine(key, registry)),
    ...shown.map((column) => columnLine(column, registry)),
    ...(shown.length < columns.length ? [`${columns.length - shown.length} more columns are not shown`] : []),
  ];
}

function keyLine({ kind, entity, columns }: FeatureTable["keys"][number], { tables }: Registry): string[] {
  const target = tables.find((table) => table.kind === "entity" && table.entity === entity);
  const primary = target?.keys.find((key) => key.kind === "primary" && key.entity === entity);
  if (kind !== "foreign" || !target || !primary) return [];
  return [`key ${quoted(columns)} -> ${quoted([target.name])} ${quoted(primary.columns)}`];
}

function columnLine({ table, name, type, unit, description }: Feature, { values }: Registry): string {
  const known = values
    .filter((one) => one.table === table && one.column === name)
    .sort((a, b) => b.frequency - a.frequency);
  const some = known.slice(0, most.values).map(({ value }) => cut(value, most.text));
  const shown = known.length > 0 ? `, ${known.length} values as in ${some.join(", ")}` : "";
  return `${quoted([name])} ${type}${unit ? ` in ${cut(unit, most.text)}` : ""}: ${cut(description, most.description)}${shown}`;
}

const quoted = (names: string[]) => names.map((name) => JSON.stringify(name)).join(", ");
const cut = (text: string, length: number) => JSON.stringify(text.slice(0, length));
