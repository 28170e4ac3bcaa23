import type { Answer, QuestionContext } from "../port";
import { questionSql, type ReadQuestion, sayAnswer, sayReading } from "./questions";

/** Compiles a question that was read to SQL, has it run, and says what came of it. */
export async function answerQuestion(
  read: ReadQuestion | null,
  { registry, dialect, run }: QuestionContext,
): Promise<Answer> {
  if (!read || "unread" in read) return read ?? { unread: "" };
  const { question } = read;
  const { rows } = await run({
    ...{ sql: questionSql(question, registry, dialect), writtenBy: "offline", chart: null },
    reading: sayReading(question, registry),
  });
  return { text: sayAnswer(question, rows, registry) };
}
