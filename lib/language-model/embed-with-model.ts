import { AppError } from "@/lib/errors";
import type { EmbeddingSettings } from "@/lib/settings/model";
import { deadlineIn } from "./deadline";
import type { TokenLedger } from "./model";
import { offTheClock } from "./off-the-clock";
import { requestVectors } from "./openai";
import { withRetries } from "./retry";
import { estimateTokens, reserveTokens, wasFree } from "./tokens";

/** An embedding model with what it may take. */
export type EmbeddingModel = Omit<Extract<EmbeddingSettings, { maker: "openai" }>, "maker"> & {
  ledger: TokenLedger;
};

/** Texts a request. */
const batch = 128;
/** Milliseconds that a request may take with its retries, without the ledger. */
const patience = 60_000;
/** Characters that are embedded of a text: models refuse longer ones. */
const longest = 8_000;

/**
 * Vectors of texts by the maker's embedding model, made to have length one. Its tokens are set aside in the ledger before
 * each request.
 * @throws AppError PLANNER_UNAVAILABLE, MODEL_BUDGET_USED ({@link isModelFailure}); QUERY_CANCELLED when `signal` was aborted;
 *   what the ledger throws, as it is
 */
export async function embedWithModel(
  texts: string[],
  model: EmbeddingModel,
  signal?: AbortSignal,
): Promise<Float32Array[]> {
  const vectors: Float32Array[] = [];
  for (let at = 0; at < texts.length; at += batch) {
    const part = texts.slice(at, at + batch).map((text) => text.slice(0, longest).trim() || "-");
    vectors.push(...(await embedBatch(part, model, signal)));
  }
  return vectors;
}

async function embedBatch(
  texts: string[],
  model: EmbeddingModel,
  signal?: AbortSignal,
): Promise<Float32Array[]> {
  const deadline = deadlineIn(patience);
  const over = AbortSignal.any([deadline.signal, ...(signal ? [signal] : [])]);
  const ledger = offTheClock(model.ledger, [deadline], signal);
  try {
    const vectors = await withRetries(() => attempt(texts, { ...model, ledger }, over), {
      left: deadline.left,
      signal: over,
    });
    if (!areVectors(vectors, texts.length)) throw notVectors();
    return vectors.map(ofLengthOne);
  } catch (error) {
    if (signal?.aborted) throw new AppError("QUERY_CANCELLED", "The request was stopped.", { cause: error });
    throw error;
  } finally {
    deadline.clear();
  }
}

async function attempt(
  texts: string[],
  { ledger, ...access }: EmbeddingModel,
  signal: AbortSignal,
): Promise<Float32Array[]> {
  const estimate = texts.reduce((sum, text) => sum + estimateTokens(text), 0);
  const { settle } = await reserveTokens(estimate, estimate, ledger);
  let used = estimate;
  try {
    const { vectors, tokens } = await requestVectors(texts, access, signal);
    used = tokens ?? estimate;
    return vectors;
  } catch (error) {
    if (wasFree(error)) used = 0;
    throw error;
  } finally {
    await settle(used);
  }
}

function areVectors(vectors: Float32Array[], count: number): boolean {
  const width = vectors[0]?.length ?? 0;
  return (
    vectors.length === count &&
    width > 0 &&
    vectors.every((vector) => vector.length === width && vector.every(Number.isFinite))
  );
}

function notVectors(): AppError {
  return new AppError(
    "PLANNER_UNAVAILABLE",
    "The embedding model's answer was not one vector for each text.",
  );
}

function ofLengthOne(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return length > 0 ? vector.map((value) => value / length) : vector;
}
