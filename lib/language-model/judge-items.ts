import { createHash } from "node:crypto";
import { z } from "zod";
import { AppError } from "@/lib/errors";
import { count, plural } from "@/lib/figures";
import type { ModelAccess } from "@/lib/settings/model";
import { askModel, isModelFailure } from "./ask-model";
import { type LanguageModel, localLedger, noKeptAnswers, type TokenLedger } from "./model";
import { readJson } from "./read-json";
import { strictJsonSchema } from "./strict-json-schema";

export interface Judging<Judgement> {
  items: { id: string; text: string }[];
  /** What the model is told once: what to judge and by which scale. */
  instructions: string;
  /** Of one judgement, without the item's id. Strict, so that nothing else comes back. */
  schema: z.ZodObject;
  /** Who judges where there is no model, no budget or no valid answer. */
  offline: (item: { id: string; text: string }) => Judgement;
  model: ModelAccess | null;
  /** Tokens that this run may use, in and out, of those that the ledger still has. */
  tokenBudget: number;
  ledger: TokenLedger;
  cache: { cached(name: string): Promise<string | null>; keep(name: string, text: string): Promise<void> };
  onProgress?: (done: number, total: number) => void;
  signal?: AbortSignal;
}

export interface Judged<Judgement> {
  /** By item; `maker` is the model's name or `offline`. */
  judgements: Map<string, { judgement: Judgement; maker: string }>;
  counts: { cached: number; asked: number; offline: number };
  tokens: number;
  /** Sentences: why not everything was judged by the model. */
  notices: string[];
}

const itemsPerCall = 10;
/** Batches in a row that a model may not answer before it is given up. */
const mostUnanswered = 3;

/**
 * Has every item judged by a language model, several a call, in JSON of a schema. Each valid answer is kept under the hash
 * of everything it depends on, so that a run that was killed goes on where it was and an unchanged item is never paid for
 * twice. The items are data: nothing in them can do more than change their own judgement.
 * @throws AppError QUERY_CANCELLED; what the ledger throws, as it is: nothing is judged offline since nobody could count
 */
export async function judgeItems<Judgement>(judging: Judging<Judgement>): Promise<Judged<Judgement>> {
  const { items, model, offline } = judging;
  const judged: Judged<Judgement> = {
    judgements: new Map(),
    counts: { cached: 0, asked: 0, offline: 0 },
    tokens: 0,
    notices: [],
  };
  if (model) await judgeByModel(judging, model, judged);
  for (const item of items) {
    if (judged.judgements.has(item.id)) continue;
    judged.judgements.set(item.id, { judgement: offline(item), maker: "offline" });
    judged.counts.offline++;
  }
  return judged;
}

async function judgeByModel<Judgement>(
  judging: Judging<Judgement>,
  model: ModelAccess,
  judged: Judged<Judgement>,
): Promise<void> {
  const open: Item[] = [];
  for (const item of judging.items) {
    const known = await judging.cache.cached(cacheName(judging, model, item.text));
    const judgement = known === null ? null : readJudgement<Judgement>(judging.schema, known);
    if (judgement === null) open.push(item);
    else {
      judged.judgements.set(item.id, { judgement, maker: model.model });
      judged.counts.cached++;
    }
  }
  const ledger = localLedger(judging.tokenBudget, judging.ledger);
  try {
    await askInBatches(judging, { access: model, ledger, answers: noKeptAnswers }, open, judged);
  } catch (error) {
    if (!isModelFailure(error)) throw error;
    const why =
      error.details.usedUp === "turn"
        ? `The budget of ${count(judging.tokenBudget)} tokens was used up;`
        : error.message.replace(/\.$/, ";");
    judged.notices.push(`${why} the rest was judged offline.`);
  } finally {
    judged.tokens = ledger.used;
  }
}

type Item = { id: string; text: string };

async function askInBatches<Judgement>(
  judging: Judging<Judgement>,
  model: LanguageModel,
  open: Item[],
  judged: Judged<Judgement>,
): Promise<void> {
  let unanswered = 0;
  for (let at = 0; at < open.length; at += itemsPerCall) {
    judging.onProgress?.(at, open.length);
    const batch = open.slice(at, at + itemsPerCall);
    try {
      await askForBatch(judging, model, batch, judged);
      unanswered = 0;
    } catch (error) {
      // A text that a model will not judge must not keep it from the others.
      const isOfBatch = error instanceof AppError && error.code === "PLANNER_INVALID";
      if (!isOfBatch || ++unanswered === mostUnanswered) throw error;
      const those = plural(batch.length, "item was", "items were");
      judged.notices.push(`${error.message} ${those} judged offline.`);
    }
  }
}

async function askForBatch<Judgement>(
  judging: Judging<Judgement>,
  model: LanguageModel,
  batch: Item[],
  judged: Judged<Judgement>,
): Promise<void> {
  // Numbered, so that no id, which may be anybody's text, is part of what the model has to repeat.
  const answer = z.strictObject({ item: z.int(), judgement: judging.schema });
  const candidates = await askModel(
    {
      purpose: "judge",
      turns: [
        { role: "system", content: judging.instructions },
        {
          role: "user",
          content: JSON.stringify(batch.map((item, index) => ({ item: index, text: item.text }))),
        },
      ],
      schema: strictJsonSchema(z.strictObject({ judgements: z.array(answer) })),
      mostOutput: 16_000,
      check: readAnswers,
    },
    model,
    judging.signal,
  );
  const { access } = model;
  for (const candidate of candidates) {
    const valid = answer.safeParse(candidate);
    const item = valid.success ? batch[valid.data.item] : undefined;
    if (!valid.success || !item || judged.judgements.has(item.id)) continue;
    const judgement = valid.data.judgement as Judgement;
    await judging.cache.keep(cacheName(judging, access, item.text), JSON.stringify(judgement));
    judged.judgements.set(item.id, { judgement, maker: access.model });
    judged.counts.asked++;
  }
  const left = batch.filter(({ id }) => !judged.judgements.has(id)).length;
  if (left > 0) judged.notices.push(`${left} answers did not fit the schema and were judged offline.`);
}

function cacheName(
  { instructions, schema }: Pick<Judging<unknown>, "instructions" | "schema">,
  model: ModelAccess,
  text: string,
): string {
  const everything = JSON.stringify([
    model.baseUrl,
    model.model,
    instructions,
    strictJsonSchema(schema),
    text,
  ]);
  return `language-model/${createHash("sha256").update(everything).digest("hex")}.json`;
}

/** Single answers that do not fit are left out one by one; only a list is needed. */
function readAnswers(text: string): { value: unknown[] } | { problems: string[] } {
  const { judgements } = (readJson(text) ?? {}) as { judgements?: unknown };
  return Array.isArray(judgements)
    ? { value: judgements }
    : { problems: ["It has to be an object with a list of judgements."] };
}

function readJudgement<Judgement>(schema: z.ZodObject, text: string): Judgement | null {
  try {
    const parsed = schema.safeParse(JSON.parse(text));
    return parsed.success ? (parsed.data as Judgement) : null;
  } catch {
    return null;
  }
}
