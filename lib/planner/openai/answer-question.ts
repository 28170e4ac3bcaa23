import { z } from "zod";
import { chartSpecSchema } from "@/lib/charts";
import { AppError } from "@/lib/errors";
import { askModel, type LanguageModel, readJson, strictJsonSchema } from "@/lib/language-model";
import type { Answer, QuestionContext } from "../port";
import { renderTables } from "./render-tables";
import { sqlInstructions } from "./sql-instructions";

const answerSchema = z.strictObject({ sql: z.string(), chart: chartSpecSchema.nullable() });
const longestSql = 20_000;

/**
 * Has a language model write the one statement that answers a question. It is run behind the same guard as what a person
 * types; what the guard or the engine says against it goes back to the model, no row ever does.
 * @throws AppError what `askModel` throws, and what `run` throws but for a refused or failed statement
 */
export async function answerWithModel(
  question: string,
  context: QuestionContext,
  model: LanguageModel,
): Promise<Answer> {
  const asked = `${await renderTables(question, context)}\n\n## The question\n${JSON.stringify(question)}`;
  return askModel(
    {
      purpose: "sql",
      turns: [
        { role: "system", content: sqlInstructions(context.dialect) },
        { role: "user", content: asked },
      ],
      schema: strictJsonSchema(answerSchema),
      check: (answer) => runAnswer(answer, context),
    },
    model,
    context.signal,
  );
}

async function runAnswer(
  answer: string,
  { run }: QuestionContext,
): Promise<{ value: Answer } | { problems: string[] }> {
  const parsed = answerSchema.safeParse(readJson(answer));
  if (!parsed.success) return { problems: ["The answer is not JSON of the schema: sql, and chart or null."] };
  const { sql, chart } = parsed.data;
  if (sql.length > longestSql) return { problems: ["The statement is too long."] };
  try {
    await run({ sql, chart, writtenBy: "model", reading: null });
    return { value: { text: null } };
  } catch (error) {
    if (error instanceof AppError && (error.code === "SQL_REFUSED" || error.code === "QUERY_FAILED"))
      return { problems: [error.message] };
    throw error;
  }
}
