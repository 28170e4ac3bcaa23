import { ChatOpenAI, OpenAIEmbeddings } from "@langchain/openai";
import type { ModelAccess } from "@/lib/settings/model";
import { boundedFetch, tooLong } from "./bounded-fetch";
import { failureOf, redactKey } from "./failure";
import type { ChatTurn } from "./model";

const openAi = "https://api.openai.com/v1";
/** Characters of an answer that are read: many times what any question here needs. */
const longestAnswer = 100_000;
const answerBounds = { bytes: 16_000_000, lines: true };
const vectorBounds = { bytes: 64_000_000, lines: false };

export interface StreamedAnswer {
  text: string;
  /** Who ended it: the model, the bound of its output, or a filter of what may be said. */
  endedBy: "model" | "length" | "filter";
  /** Counted by the model's maker; null where it does not tell. */
  tokens: { input: number; output: number } | null;
}

type Access = Pick<ModelAccess, "apiKey" | "baseUrl" | "model">;

/**
 * One request for JSON of a schema, streamed, without retries. Tagged `nostream`, so that the words do not leak into the
 * chat. A server that answers with a tool call instead is taken at the arguments of its first call; a refusal, which is
 * streamed in a field of its own, leaves an empty text. `onText` hears how many characters have come.
 * @throws AppError PLANNER_UNAVAILABLE, also where the answer did not come to its end; PLANNER_INVALID where a filter refused
 *   what was asked
 */
export async function streamAnswer(
  { turns, schema, maxTokens }: { turns: ChatTurn[]; schema: Record<string, unknown>; maxTokens: number },
  { apiKey, baseUrl, model }: Access,
  signal: AbortSignal,
  onText: (characters: number) => void,
): Promise<StreamedAnswer> {
  const over = new AbortController();
  let isSent = false;
  const onSend = () => {
    isSent = true;
  };
  const chat = new ChatOpenAI({
    ...{ apiKey, model, maxTokens, maxRetries: 0, streamUsage: true, useResponsesApi: false },
    configuration: { baseURL: baseUrl ?? openAi, fetch: boundedFetch(answerBounds, { onSend }) },
  });
  const parts = { text: "", call: "", finish: "" };
  let tokens: StreamedAnswer["tokens"] = null;
  try {
    const stream = await chat.stream(
      turns.map(({ role, content }): [string, string] => [role, content]),
      {
        response_format: { type: "json_schema", json_schema: { name: "request", schema, strict: true } },
        signal: AbortSignal.any([signal, over.signal]),
        tags: ["nostream"],
      },
    );
    for await (const chunk of stream) {
      parts.text += chunk.text;
      for (const { index, args } of chunk.tool_call_chunks ?? []) {
        if ((index ?? 0) === 0) parts.call += args ?? "";
      }
      const usage = chunk.usage_metadata;
      if (usage) tokens = { input: usage.input_tokens, output: usage.output_tokens };
      parts.finish ||= String(chunk.response_metadata.finish_reason ?? "");
      const length = parts.text.length + parts.call.length;
      if (length > longestAnswer) throw tooLong();
      if (length > 0) onText(length);
    }
  } catch (error) {
    throw failureOf(error, apiKey, { isSent });
  } finally {
    over.abort();
  }
  // Without a last word of either kind the stream was cut, however tidily the connection was closed.
  if (!parts.finish && !tokens) throw failureOf(new Error("The stream ended before the answer did."), apiKey);
  const text = redactKey(parts.text.trim() || parts.call.trim(), apiKey);
  return { text, endedBy: endings[parts.finish] ?? "model", tokens };
}

const endings: Record<string, StreamedAnswer["endedBy"]> = { length: "length", content_filter: "filter" };

/**
 * Vectors of texts, one request, without retries; and the tokens that the maker counted, null where it does not tell.
 * @throws AppError PLANNER_UNAVAILABLE
 */
export async function requestVectors(
  texts: string[],
  { apiKey, baseUrl, model }: Access,
  signal: AbortSignal,
): Promise<{ vectors: Float32Array[]; tokens: number | null }> {
  let isSent = false;
  const onSend = () => {
    isSent = true;
  };
  const embeddings = new CountingEmbeddings({
    ...{ apiKey, model, maxRetries: 0, batchSize: texts.length },
    // Plain servers know no packed floats.
    encodingFormat: "float",
    configuration: { baseURL: baseUrl ?? openAi, fetch: boundedFetch(vectorBounds, { onSend, signal }) },
  });
  try {
    const vectors = (await embeddings.embedDocuments(texts)).map((vector) => Float32Array.from(vector));
    return { vectors, tokens: embeddings.tokens };
  } catch (error) {
    throw failureOf(error, apiKey, { who: "embedding model", setting: "OPENAI_EMBEDDING_MODEL", isSent });
  }
}

/** The SDK's own gives vectors alone. */
class CountingEmbeddings extends OpenAIEmbeddings {
  /** Of its one request. */
  tokens: number | null = null;

  protected override async embeddingWithRetry(
    ...given: Parameters<OpenAIEmbeddings["embeddingWithRetry"]>
  ): ReturnType<OpenAIEmbeddings["embeddingWithRetry"]> {
    const answer = await super.embeddingWithRetry(...given);
    // Plain servers may leave it out, or say nothing of sense.
    const counted: unknown = answer.usage?.total_tokens;
    this.tokens = typeof counted === "number" && counted >= 0 ? counted : null;
    return answer;
  }
}
