import { ChatOpenAI, OpenAIEmbeddings } from "@langchain/openai";
import { AppError } from "@/lib/errors";

export interface ModelSettings {
  apiKey: string;
  /** An OpenAI-compatible endpoint; null: OpenAI's own. */
  baseUrl: string | null;
  model: string;
  /** Milliseconds until the first token, and for the whole answer with its retries. */
  firstTokenTimeout?: number;
  totalTimeout?: number;
}

export interface ChatTurn {
  role: "system" | "user" | "assistant";
  content: string;
}

export interface ModelAnswer {
  text: string;
  /** Counted by the model's maker; null where it does not tell. */
  tokens: { input: number; output: number } | null;
}

/**
 * Asks a model for JSON of a schema. Streamed, so that a model that never begins is noticed early; tagged `nostream`, so
 * that the words do not leak into the chat.
 *
 * @throws AppError PLANNER_UNAVAILABLE without the maker's own text, which may repeat secrets, but for its cause;
 *   QUERY_CANCELLED when `signal` was aborted
 */
export async function askModel(
  turns: ChatTurn[],
  schema: Record<string, unknown>,
  settings: ModelSettings,
  signal?: AbortSignal,
): Promise<ModelAnswer> {
  const { firstTokenTimeout = 20_000, totalTimeout = 60_000 } = settings;
  const silence = new AbortController();
  const total = AbortSignal.timeout(totalTimeout);
  const timer = setTimeout(() => silence.abort(), firstTokenTimeout);
  try {
    const stream = await modelOf(settings).stream(
      turns.map(({ role, content }): [string, string] => [role, content]),
      {
        response_format: { type: "json_schema", json_schema: { name: "request", schema, strict: true } },
        signal: AbortSignal.any([silence.signal, total, ...(signal ? [signal] : [])]),
        tags: ["nostream"],
      },
    );
    const answer: ModelAnswer = { text: "", tokens: null };
    for await (const chunk of stream) {
      clearTimeout(timer);
      answer.text += chunk.text;
      const usage = chunk.usage_metadata;
      if (usage) answer.tokens = { input: usage.input_tokens, output: usage.output_tokens };
    }
    // A refusal is streamed in a field of its own, which is not passed on: nothing is left to read.
    if (!answer.text.trim())
      throw new AppError("PLANNER_UNAVAILABLE", "The language model gave no answer, or refused to.");
    return answer;
  } catch (error) {
    if (signal?.aborted) throw new AppError("QUERY_CANCELLED", "The request was stopped.", { cause: error });
    if (error instanceof AppError) throw error;
    throw new AppError("PLANNER_UNAVAILABLE", sentenceFor(error, silence.signal.aborted, total.aborted), {
      cause: error,
    });
  } finally {
    clearTimeout(timer);
  }
}

function modelOf({ apiKey, baseUrl, model }: ModelSettings): ChatOpenAI {
  return new ChatOpenAI({
    apiKey,
    model,
    maxRetries: 1,
    streamUsage: true,
    useResponsesApi: false,
    configuration: baseUrl ? { baseURL: baseUrl } : {},
  });
}

function sentenceFor(error: unknown, silent: boolean, late: boolean): string {
  if (silent) return "The language model did not begin to answer in time.";
  if (late) return "The language model did not finish its answer in time.";
  const status = error !== null && typeof error === "object" && "status" in error ? error.status : undefined;
  if (status === 401 || status === 403)
    return "The language model refused the API key. Correct OPENAI_API_KEY.";
  if (status === 404)
    return "The language model is not known there. Correct OPENAI_MODEL or OPENAI_BASE_URL.";
  if (status === 429) return "The language model is at its limit of requests.";
  if (typeof status === "number") return `The language model's server failed (HTTP ${status}).`;
  return "The language model's server did not answer, or broke off.";
}

/**
 * Vectors of texts by the maker's embedding model, 1,536 numbers each by default.
 * @throws AppError PLANNER_UNAVAILABLE without the maker's own text but for its cause
 */
export async function embedWithModel(
  texts: string[],
  { apiKey, baseUrl, model }: ModelSettings,
): Promise<Float32Array[]> {
  const embeddings = new OpenAIEmbeddings({
    apiKey,
    model,
    maxRetries: 3,
    // Plain servers know no packed floats.
    encodingFormat: "float",
    configuration: baseUrl ? { baseURL: baseUrl } : {},
  });
  try {
    return (await embeddings.embedDocuments(texts)).map((vector) => Float32Array.from(vector));
  } catch (error) {
    throw new AppError("PLANNER_UNAVAILABLE", sentenceFor(error, false, false), { cause: error });
  }
}
