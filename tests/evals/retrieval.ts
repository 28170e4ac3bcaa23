import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { config } from "@/lib/config";
import { countedBy, type VectorMaker } from "@/lib/embed";
import { AppError } from "@/lib/errors";
import type { TokenLedger } from "@/lib/language-model";
import { openSearch } from "@/lib/registry/search";
import type { Registry } from "@/lib/registry/types";
import { libraryBm25 } from "./library-bm25";
import { declaredRegistry, martPhrases, type Rank, searchPhrases } from "./mart-phrases";
import { plainBm25 } from "./plain-bm25";
import { type RetrievalQuestion, readRetrievalCases, retrievalFolder } from "./retrieval-cases";

const depth = 10;

/**
 * Prints how often a paraphrase finds its table of the demo mart, and how well the tables that answer a question are found
 * among 185: by plain BM25 of two makes, fused with latent vectors, with MiniLM, and with OpenAI's where it is set. `--cases` leaves out the demo
 * mart, whose many features take MiniLM half an hour the first time.
 */
export async function run(options: string[], ledger: TokenLedger): Promise<void> {
  const maker = countedBy(ledger, config().embeddings);
  if (!options.includes("--cases")) await withEach(await declaredRegistry(), maker, printPhrases);
  if (!existsSync(retrievalFolder)) {
    throw new AppError("NOT_FOUND", `The retrieval cases are not here: ${retrievalFolder}`);
  }
  const { registry, questions } = readRetrievalCases();
  console.log(
    `\n${registry.tables.length} tables, ${questions.length} questions: recall@5, recall@10, all@10, MRR@10`,
  );
  await withEach(registry, maker, async (name, rank) =>
    print(name, await measure(questions, rank), questions),
  );
}

/** Runs `use` with each way of searching. */
async function withEach(
  registry: Registry,
  maker: VectorMaker,
  use: (name: string, rank: Rank) => Promise<void>,
): Promise<void> {
  const bm25 = plainBm25(registry);
  await use("plain BM25", async (phrase) => bm25(phrase, depth));
  await use("LangChain BM25", libraryBm25(registry, depth));
  await withSearch(registry, { maker: "latent" }, (rank) => use("latent fused", rank));
  const modelsDir = modelsFolder();
  if (modelsDir)
    await withSearch(registry, { maker: "minilm", modelsDir }, (rank) => use("MiniLM fused", rank));
  else console.log("MiniLM fused   no models; set MODELS_DIR");
  if (maker.maker === "openai") await withSearch(registry, maker, (rank) => use("OpenAI fused", rank));
}

async function printPhrases(name: string, rank: Rank): Promise<void> {
  for (const set of ["tables", "held_out"] as const) {
    const { first, missing, wrong } = await searchPhrases(rank, martPhrases[set]);
    const count = martPhrases[set].length;
    console.log(
      `${name.padEnd(14)} demo mart, ${set.padEnd(8)}: of ${count} ${Math.round(first * count)} first, ${count - missing.length} among three`,
    );
    if (!name.endsWith("BM25")) for (const phrase of wrong) console.log(`  not first: ${phrase}`);
  }
}

function modelsFolder(): string | null {
  const beside = path.join(process.cwd(), "..", "shared", "models");
  const { embeddings } = config();
  if (embeddings.maker === "minilm") return embeddings.modelsDir;
  return existsSync(beside) ? beside : null;
}

async function withSearch(
  registry: Registry,
  embeddings: VectorMaker,
  use: (rank: Rank) => Promise<void>,
): Promise<void> {
  const directory = await mkdtemp(path.join(tmpdir(), "retrieval-"));
  try {
    const search = await openSearch({ registry, directory, embeddings });
    await search.settled;
    if (embeddings.maker !== "latent" && search.description.includes("without a sentence model"))
      throw new AppError("PLANNER_UNAVAILABLE", search.description);
    await use(async (phrase) => (await search.rank(phrase, { limit: depth })).map(({ table }) => table));
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
