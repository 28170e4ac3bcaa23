import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { config } from "@/lib/config";
import { AppError } from "@/lib/errors";
import { openSearch } from "@/lib/registry/search";
import type { Registry } from "@/lib/registry/types";
import { plainBm25 } from "./plain-bm25";
import { type RetrievalQuestion, readRetrievalCases, retrievalFolder } from "./retrieval-cases";

type Rank = (phrase: string) => Promise<string[]>;

const depth = 10;

/** Prints how well the tables that answer a question are found: plain BM25, fused with latent vectors, fused with MiniLM. */
export async function run(): Promise<void> {
  if (!existsSync(retrievalFolder)) {
    throw new AppError("NOT_FOUND", `The retrieval cases are not here: ${retrievalFolder}`);
  }
  const { registry, questions } = readRetrievalCases();
  const bm25 = plainBm25(registry);
  console.log(
    `${registry.tables.length} tables, ${questions.length} questions; recall@5, recall@10, all@10, MRR@10`,
  );
  print("plain BM25", await measure(questions, async (phrase) => bm25(phrase, depth)), questions);
  for (const [name, modelsDir] of [
    ["latent fused", null],
    ["MiniLM fused", modelsFolder()],
  ] as const) {
    if (name === "MiniLM fused" && !modelsDir) {
      console.log("MiniLM fused: no models; set MODELS_DIR");
      continue;
    }
    const found = await withSearch(registry, modelsDir, (rank) => measure(questions, rank));
    print(name, found, questions);
  }
}

function modelsFolder(): string | null {
  const beside = path.join(process.cwd(), "..", "shared", "models");
  return config().modelsDir ?? (existsSync(beside) ? beside : null);
}

async function withSearch<T>(
  registry: Registry,
  modelsDir: string | null,
  use: (rank: Rank) => Promise<T>,
): Promise<T> {
  const directory = await mkdtemp(path.join(tmpdir(), "retrieval-"));
  try {
    const search = await openSearch({ registry, directory, modelsDir });
    await search.settled;
    return await use(async (phrase) =>
      (await search.rank(phrase, { limit: depth })).map(({ table }) => table),
    );
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

interface Found {
  recall5: number;
  recall10: number;
  all10: number;
  reciprocalRank: number;
}

async function measure(questions: RetrievalQuestion[], rank: Rank): Promise<Found[]> {
  const found: Found[] = [];
  for (const { question, gold_tables: gold } of questions) {
    const places = (await rank(question)).flatMap((table, place) => (gold.includes(table) ? [place] : []));
    found.push({
      recall5: places.filter((place) => place < 5).length / gold.length,
      recall10: places.length / gold.length,
      all10: places.length === gold.length ? 1 : 0,
      reciprocalRank: places[0] === undefined ? 0 : 1 / (1 + places[0]),
    });
  }
  return found;
}

function print(name: string, found: Found[], questions: RetrievalQuestion[]): void {
  for (const corpus of [...new Set(questions.map((question) => question.corpus)), "all"]) {
    const chosen = found.filter((_, i) => corpus === "all" || questions[i]?.corpus === corpus);
    const mean = (measureOf: (one: Found) => number) =>
      (chosen.reduce((sum, one) => sum + measureOf(one), 0) / chosen.length).toFixed(3);
    const numbers = [
      mean((f) => f.recall5),
      mean((f) => f.recall10),
      mean((f) => f.all10),
      mean((f) => f.reciprocalRank),
    ];
    console.log(`${name.padEnd(14)} ${corpus.padEnd(6)} ${numbers.join("  ")}`);
  }
}
