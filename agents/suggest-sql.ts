import type { FeatureTable } from "@/lib/registry";
import { type NodeConfig, turn } from "./turn";

const mostTables = 5;

/** How to ask the mart in SQL, with tables to begin with: those nearest to the words, else those of the things themselves. */
export async function suggestSql(config: NodeConfig, opening: string, words = ""): Promise<string> {
  const { mart, search } = turn(config);
  const { tables } = mart.registry;
  const ranked = words === "" ? [] : await search.rank(words, { limit: mostTables });
  const near = ranked.flatMap(({ table }) => tables.find(({ name }) => name === table) ?? []);
  const shown = [...new Set([...near, ...tables.filter(({ kind }) => kind === "entity")])].slice(
    0,
    mostTables,
  );
  const [first] = shown;
  if (!first) return opening;
  return [
    opening,
    "",
    `- for instance: \`sql SELECT * FROM ${first.name} LIMIT 10\``,
    `- tables to begin with: ${shown.map(describe).join(", ")}`,
  ].join("\n");
}

function describe({ name, grain }: FeatureTable): string {
  return `${name} (a row per ${grain.join(", ") || "row"})`;
}
