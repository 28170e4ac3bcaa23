import { readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { autoMarketplace } from "@/db/marts/auto-marketplace/pipeline";
import { declareTables, readProject } from "@/lib/dbt";
import type { Registry } from "@/lib/registry";

const phrase = z.string();
const withTables = z.array(z.tuple([phrase, z.array(z.string()).describe("any of them is right")]));

/** Paraphrases with the demo mart's tables, those that the search was not tuned on, narrow ones, and other worlds. */
export const martPhrases = z
  .object({
    tables: withTables,
    held_out: withTables,
    features: z.array(z.tuple([phrase, z.string()])),
    unrelated: z.array(phrase),
  })
  .parse(JSON.parse(readFileSync(path.join(import.meta.dirname, "..", "search-phrases.json"), "utf8")));

/** The mart as it declares itself, whole or some of its tables: searching needs nothing that is measured on its rows. */
export async function declaredRegistry(only?: string[]): Promise<Registry> {
  const { name, title, entities, projectDirectory } = autoMarketplace;
  const declared = declareTables(await readProject(projectDirectory));
  const isWanted = (table: string) => !only || only.includes(table);
  const stamp = "v2026.11";
  return {
    ...{ mart: name, title, stamp, asOf: "2026-11-01T00:00:00Z", entities },
    tables: declared.tables
      .filter((table) => isWanted(table.name))
      .map((table) => ({ ...table, rowCount: 0, stamp })),
    features: declared.features
      .filter(({ table }) => isWanted(table))
      .map((feature) => ({ ...feature, nullRate: 0, distinctCount: 0 })),
    values: [],
    contentHash: "declared",
  };
}

export interface PhraseResults {
  /** Share of the phrases whose first table is right. */
  first: number;
  /** Phrases without a right table among the first three. */
  missing: string[];
  /** Phrases whose first table is wrong. */
  wrong: string[];
}

/** A phrase → names of tables, best first. */
export type Rank = (phrase: string) => Promise<string[]>;

export async function searchPhrases(rank: Rank, cases: [string, string[]][]): Promise<PhraseResults> {
  const wrong: string[] = [];
  const missing: string[] = [];
  for (const [text, accepted] of cases) {
    const ranked = (await rank(text)).slice(0, 3);
    const place = ranked.findIndex((table) => accepted.includes(table));
    if (place !== 0) wrong.push(text);
    if (place < 0) missing.push(text);
  }
  return { first: 1 - wrong.length / cases.length, missing, wrong };
}
