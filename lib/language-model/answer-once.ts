import { AppError } from "@/lib/errors";
import { type Deadline, deadlineIn } from "./deadline";
import type { ChatTurn, LanguageModel } from "./model";
import { offTheClock } from "./off-the-clock";
import { type StreamedAnswer, streamAnswer } from "./openai";
import { withRetries } from "./retry";
import { estimateInput, estimateTokens, reserveAnswer, wasFree } from "./tokens";

interface Asked {
  turns: ChatTurn[];
  schema: Record<string, unknown>;
  /** Tokens. */
  mostOutput: number;
}

/**
 * One whole answer, over retries: the time to its first token runs from the first attempt on, and `total` over everything but
 * the ledger.
 * @throws AppError PLANNER_UNAVAILABLE, PLANNER_INVALID, MODEL_BUDGET_USED, QUERY_CANCELLED; what the ledger throws, as it is
 */
export async function answerOnce(
  question: Asked,
  model: LanguageModel,
  total: Deadline,
  signal?: AbortSignal,
): Promise<StreamedAnswer> {
  const firstToken = deadlineIn(model.access.firstTokenTimeout);
  const over = AbortSignal.any([firstToken.signal, total.signal, ...(signal ? [signal] : [])]);
  const ledger = offTheClock(model.ledger, [firstToken, total], signal);
  try {
    return await withRetries(() => attempt(question, { ...model, ledger }, over, firstToken.clear), {
      left: () => Math.min(firstToken.left(), total.left()),
      signal: over,
    });
  } catch (error) {
    if (signal?.aborted) throw new AppError("QUERY_CANCELLED", "The request was stopped.", { cause: error });
    if (!over.aborted || !isOfModel(error)) throw error;
    const what = total.signal.aborted ? "finish its answer" : "begin to answer";
    throw new AppError("PLANNER_UNAVAILABLE", `The language model did not ${what} in time.`, {
      cause: error,
    });
  } finally {
    firstToken.clear();
  }
}

async function attempt(
  { turns, schema, mostOutput }: Asked,
  { access, ledger }: LanguageModel,
  signal: AbortSignal,
  onFirstToken: () => void,
): Promise<StreamedAnswer> {
  const input = estimateInput(turns, schema);
  const { output, settle } = await reserveAnswer(input, mostOutput, ledger);
  let received = 0;
  let used = input;
  try {
    const answer = await streamAnswer({ turns, schema, maxTokens: output }, access, signal, (characters) => {
      if (received === 0) onFirstToken();
      received = characters;
    });
    used = answer.tokens ? answer.tokens.input + answer.tokens.output : input + estimateTokens(answer.text);
    return answer;
  } catch (error) {
    // One that broke off is charged for what had come.
    used = wasFree(error) ? 0 : input + Math.ceil(received / 3);
    throw error;
  } finally {
    await settle(used);
  }
}

const isOfModel = (error: unknown) => error instanceof AppError && error.code === "PLANNER_UNAVAILABLE";
