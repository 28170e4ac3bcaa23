import type { Embedder } from "@/lib/embed";
import { toAppError } from "@/lib/errors";
import { log } from "@/lib/log";
import { unlessStopped } from "@/lib/unless-stopped";

/** Milliseconds: for one phrase, and how long a maker that failed is left alone. */
const patience = { phrase: 2_000, rest: 30_000 };
const mostKept = 1_000;

export interface PhraseVectors {
  /** Null where the maker does not answer soon: the search then goes by its other evidence. */
  of(phrase: string): Promise<Float32Array | null>;
  /** Why the maker gave no vector the last time it was asked, for a person; null where it did. */
  readonly problem: string | null;
}

/** Vectors of phrases, each made once; a maker that fails is not asked again for a while, so that a turn waits once. */
export function phraseVectors(embedder: Embedder, { phrase: limit, rest } = patience): PhraseVectors {
  const made = new Map<string, Promise<Float32Array>>();
  let restUntil = 0;
  let problem: string | null = null;
  return {
    get problem() {
      return problem;
    },
    async of(phrase) {
      const known = made.get(phrase);
      if (!known && performance.now() < restUntil) return null;
      const vector = known ?? embedOne(phrase, embedder, limit);
      if (!known) remember(made, phrase, vector);
      try {
        const result = await vector;
        if (!known) [restUntil, problem] = [0, null];
        return result;
      } catch (error) {
        made.delete(phrase);
        restUntil = performance.now() + rest;
        problem = problemOf(error, embedder.name);
        log.warn("phrase not embedded", { maker: embedder.name, error });
        return null;
      }
    },
  };
}

function problemOf(error: unknown, maker: string): string {
  const { code, message } = toAppError(error);
  if (code === "MODEL_BUDGET_USED" || code === "DATABASE_UNAVAILABLE") return `without ${maker}: ${message}`;
  // Who took too long is not known: the maker, or the database where its tokens are counted.
  return code === "QUERY_CANCELLED" ? `no vector from ${maker} in time` : `${maker} does not answer now`;
}

/** Not every maker hears the signal: whoever waits is let go in any case. */
async function embedOne(phrase: string, embedder: Embedder, limit: number): Promise<Float32Array> {
  const late = AbortSignal.timeout(limit);
  const [vector] = await unlessStopped(embedder.embed([phrase], late), late);
  if (!vector) throw new Error("There was no vector.");
  return vector;
}

function remember(made: Map<string, unknown>, phrase: string, vector: Promise<Float32Array>): void {
  const [oldest] = made.keys();
  if (made.size >= mostKept && oldest !== undefined) made.delete(oldest);
  made.set(phrase, vector);
}
