import { readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { declareMart } from "@/db/marts/auto-marketplace/declare";
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

/** The demo mart as it declares itself: searching needs nothing that is measured on its rows. */
export async function declaredRegistry(): Promise<Registry> {
  const { aliases: _aliases, ...declared } = await declareMart();
  return {
    ...declared,
    tables: declared.tables.map((table) => ({ ...table, rowCount: 0, stamp: declared.stamp })),
    features: declared.features.map((feature) => ({ ...feature, nullRate: 0, distinctCount: 0 })),
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
