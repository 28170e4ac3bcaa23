import { createHash } from "node:crypto";
import { AppError } from "@/lib/errors";
import { plural } from "@/lib/figures";
import { log } from "@/lib/log";
import { answerOnce } from "./answer-once";
import { type Deadline, deadlineIn } from "./deadline";
import type { ChatTurn, LanguageModel } from "./model";
import type { StreamedAnswer } from "./openai";

export interface Question<T> {
  /** For the log: `planner`. */
  purpose: string;
  turns: ChatTurn[];
  /** Of the answer, as {@link strictJsonSchema} gives it. */
  schema: Record<string, unknown>;
  /** Tokens that an answer may take, with room for a model that thinks before it writes; 8,000 unless told. */
  mostOutput?: number;
  /** What an answer means, or in sentences for the model what is wrong with it. Nothing in an answer may be trusted before. */
  check(answer: string): Checked<T> | Promise<Checked<T>>;
}

type Checked<T> = { value: T } | { problems: string[] };

const maxRepairs = 2;

/**
 * Asks a model for JSON of a schema until its answer passes the check: an answer that does not is sent back with what is
 * wrong, at most twice. Failures that may pass are tried again; tokens are set aside before every call; the whole takes no
 * longer than the model's total timeout and its ledger. An equal question is answered from what was kept, after the same check.
 *
 * @throws AppError PLANNER_UNAVAILABLE, PLANNER_INVALID, MODEL_BUDGET_USED, each with a sentence for the person
 *   ({@link isModelFailure}); QUERY_CANCELLED when `signal` was aborted; what the ledger throws, as it is
 */
export async function askModel<T>(
  question: Question<T>,
  model: LanguageModel,
  signal?: AbortSignal,
): Promise<T> {
  const key = keyOf(question, model);
  const kept = await model.answers.find(key);
  const checked = kept === null ? null : await question.check(kept);
  if (checked && "value" in checked) {
    log.info("model answer found", { purpose: question.purpose, model: model.access.model });
    return checked.value;
  }
  const total = deadlineIn(model.access.totalTimeout);
  try {
    const { value, text } = await askUntilItFits(question, model, total, signal);
    await model.answers.keep(key, text);
    return value;
  } finally {
    total.clear();
  }
}

/** An error of which the answer is to do without the model. */
export function isModelFailure(error: unknown): error is AppError {
  return (
    error instanceof AppError &&
    ["PLANNER_UNAVAILABLE", "PLANNER_INVALID", "MODEL_BUDGET_USED"].includes(error.code)
  );
}

async function askUntilItFits<T>(
  { purpose, turns: asked, schema, mostOutput = 8_000, check }: Question<T>,
  model: LanguageModel,
  total: Deadline,
  signal?: AbortSignal,
): Promise<{ value: T; text: string }> {
  const turns = [...asked];
  const wrong = new Set<string>();
  // A model that says the same again will say it for ever.
  for (let attempt = 0; attempt <= maxRepairs && wrong.size === attempt; attempt++) {
    const answer = await answerOnce({ turns, schema, mostOutput }, model, total, signal);
    requireWords(answer);
    const { text, endedBy, tokens } = answer;
    const checked =
      endedBy === "length"
        ? { problems: ["The answer was cut off at its greatest length."] }
        : await check(text);
    const problems = "value" in checked ? [] : checked.problems;
    log.info("model answered", {
      ...{ purpose, model: model.access.model, attempt, tokens, problems: problems.length },
    });
    if ("value" in checked) return { value: checked.value, text };
    wrong.add(text);
    turns.push(
      { role: "assistant", content: text.slice(0, 20_000) },
      {
        role: "user",
        content: `That does not fit:\n${problems.map((one) => `- ${one}`).join("\n")}\nAnswer again, whole.`,
      },
    );
  }
  const repairs = plural(Math.min(wrong.size, maxRepairs), "repair", "repairs");
  throw new AppError("PLANNER_INVALID", `The language model's answer did not fit after ${repairs}.`);
}

/** What a filter let through is no answer, though it may happen to fit. Another try would end the same. */
function requireWords({ text, endedBy }: StreamedAnswer): void {
  if (endedBy === "filter") throw noAnswer("The language model's content filter cut its answer off.");
  if (text) return;
  if (endedBy === "length")
    throw noAnswer("The language model reached its greatest length before it answered.");
  throw noAnswer("The language model gave no answer, or refused to.");
}

const noAnswer = (sentence: string) => new AppError("PLANNER_INVALID", sentence);

function keyOf({ turns, schema }: Question<unknown>, { access }: LanguageModel): string {
  const everything = JSON.stringify([access.baseUrl, access.model, turns, schema]);
  return createHash("sha256").update(everything).digest("hex");
}
