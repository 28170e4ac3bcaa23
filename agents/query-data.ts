import { config as settings } from "@/lib/config";
import { AppError } from "@/lib/errors";
import { runFreeSql } from "@/lib/free-sql";
import { plainWords } from "@/lib/plain-words";
import type { Answer } from "@/lib/planner";
import type { Cell } from "@/lib/warehouse";
import type { QueryPart } from "./parts";
import { keepRows } from "./query-rows";
import { runContext } from "./run-warehouse";
import type { State, Update } from "./state";
import { suggestSql } from "./suggest-sql";
import { type NodeConfig, sendPart, sendText, turn, withProgress } from "./turn";
import { typedSql } from "./typed-sql";

/**
 * Runs the SQL that a person typed, or answers their open question by one statement. Nothing of the conversation is changed:
 * what is refused or fails is told, and a question that waited is asked again.
 */
export async function queryData(state: State, config: NodeConfig): Promise<Update> {
  const sql = typedSql(state.message);
  try {
    if (sql === "") sendText(config, await suggestSql(config, "Write a SELECT after `sql`."));
    else if (sql !== null) await runTyped(sql, config);
    else await answerQuestion(state.message, config);
  } catch (error) {
    if (!(error instanceof AppError) || error.code === "QUERY_CANCELLED" || error.code === "INTERNAL")
      throw error;
    const level = error.status < 500 ? "warning" : "error";
    sendPart(config, "notice", { level, text: error.message, code: error.code }, "query");
  }
  return { remarks: [] };
}

type Statement = Pick<QueryPart, "title" | "writtenBy" | "reading" | "sql">;

async function runTyped(sql: string, config: NodeConfig): Promise<void> {
  await withProgress(config, "fetch", "Running your SQL", (tell) =>
    run({ title: "Your SQL", writtenBy: "person", reading: null, sql }, null, config, tell),
  );
}

async function answerQuestion(question: string, config: NodeConfig): Promise<void> {
  const { planner, mart, search, signal } = turn(config);
  const title = plainWords(question).slice(0, 160);
  const { answer, notices } = await withProgress(config, "fetch", "Answering with SQL", (tell) =>
    planner.answer(question, {
      ...{ registry: mart.registry, search, featureSet: null, signal, dialect: mart.warehouse.dialect },
      run: ({ chart, ...written }) => run({ title, ...written }, chart, config, tell),
    }),
  );
  notices.forEach((text, index) => {
    sendPart(config, "notice", { level: "info", text }, `answer-${index}`);
  });
  const text = await sayAnswer(answer, question, config);
  if (text) sendText(config, text);
}

async function sayAnswer(answer: Answer, question: string, config: NodeConfig): Promise<string | null> {
  if ("text" in answer) return answer.text;
  const unread = plainWords(answer.unread).slice(0, 80);
  const what = unread
    ? `I could not tell what “${unread}” is in this mart.`
    : "I could not tell which figures answer that.";
  const advice = "Name a thing or a column that the mart knows, or write the SQL yourself.";
  return suggestSql(config, `${what} ${advice}`, question);
}

/** The statement as a card, before it runs and again with what came of it. */
async function run(
  statement: Statement,
  proposal: unknown,
  config: NodeConfig,
  tell: (detail: string) => void,
): Promise<{ rows: Cell[][] }> {
  const { mart, store, conversationId, signal } = turn(config);
  const show = (state: QueryPart["state"], result: QueryPart["result"]) =>
    sendPart(config, "query", { ...statement, dialect: mart.warehouse.dialect, state, result });
  // What a person typed stands above already.
  const isNew = statement.writtenBy !== "person";
  if (isNew) show("running", null);
  try {
    const result = await runFreeSql({
      ...{ sql: statement.sql, mart, limits: settings().freeSql, signal },
      context: runContext(config, tell),
      onWait: (why) => tell(why === null ? "" : waitingForRoom[why]),
    });
    show("done", await keepRows(result, { store, conversationId, proposal }));
    return result;
  } catch (error) {
    if (isNew) show("failed", null);
    throw error;
  }
}

const waitingForRoom = {
  own: "two of your statements run already: this one waits for one of them to end",
  all: "others' statements run: this one waits its turn",
};
