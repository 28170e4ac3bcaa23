import { type BaseCheckpointSaver, END, START, StateGraph } from "@langchain/langgraph";
import { answer } from "./answer";
import { applyDecision } from "./apply-decision";
import { askPerson } from "./ask-person";
import { clarify } from "./clarify";
import { exportMatrix } from "./export-matrix";
import { fetchData } from "./fetch-data";
import { orchestrate } from "./orchestrate";
import { proposeEnrichment } from "./propose-enrichment";
import { proposeExport } from "./propose-export";
import { queryData } from "./query-data";
import { recommendTables } from "./recommend-tables";
import { respond } from "./respond";
import { ConversationState, type State } from "./state";
import { delivered, TurnContext } from "./turn";

/**
 * The whole machine. Nodes say what happened by returning state; only the functions below say where it goes next.
 *
 *   orchestrate ─┬─ recommendTables ─┬─ fetchData ─┬─ proposeEnrichment ─┬─ proposeExport ─┐
 *                ├─ proposeExport    └─ clarify    └─ clarify            └────── askPerson ┴─ applyDecision ─┬─ orchestrate
 *                └─ answer, queryData ─ (the question that the words interrupted)                            ├─ fetchData
 *                                                                                                            └─ exportMatrix ─ respond
 */
export function createGraph(checkpointer: BaseCheckpointSaver) {
  return new StateGraph(ConversationState, TurnContext)
    .addNode("orchestrate", delivered(orchestrate))
    .addNode("recommendTables", delivered(recommendTables))
    .addNode("fetchData", delivered(fetchData))
    .addNode("clarify", delivered(clarify))
    .addNode("proposeEnrichment", delivered(proposeEnrichment))
    .addNode("proposeExport", delivered(proposeExport))
    .addNode("askPerson", askPerson)
    .addNode("applyDecision", delivered(applyDecision))
    .addNode("exportMatrix", delivered(exportMatrix))
    .addNode("answer", delivered(answer))
    .addNode("queryData", delivered(queryData))
    .addNode("respond", delivered(respond))
    .addEdge(START, "orchestrate")
    .addConditionalEdges("orchestrate", afterOrchestrate, [
      "recommendTables",
      "proposeExport",
      "queryData",
      "answer",
      "respond",
    ])
    .addConditionalEdges("recommendTables", afterRecommendation, ["clarify", "fetchData", "respond"])
    .addConditionalEdges("fetchData", afterFetch, ["clarify", "proposeEnrichment", "respond"])
    .addConditionalEdges("proposeEnrichment", afterEnrichment, ["askPerson", "proposeExport"])
    .addConditionalEdges("proposeExport", whenAsked, ["askPerson", "respond"])
    .addEdge("clarify", "askPerson")
    .addEdge("askPerson", "applyDecision")
    .addConditionalEdges("applyDecision", afterDecision, [
      "orchestrate",
      "fetchData",
      "proposeExport",
      "exportMatrix",
      "respond",
    ])
    .addEdge("exportMatrix", "respond")
    .addConditionalEdges("queryData", backToQuestion, ["clarify", "proposeEnrichment", "proposeExport", END])
    .addConditionalEdges("answer", backToQuestion, ["clarify", "proposeEnrichment", "proposeExport", END])
    .addConditionalEdges("respond", backToQuestion, ["clarify", "proposeEnrichment", "proposeExport", END])
    .compile({ checkpointer });
}

export type Graph = ReturnType<typeof createGraph>;
export type NodeName = Exclude<keyof Graph["nodes"], typeof START>;

function afterOrchestrate(state: State) {
  switch (state.request?.intent) {
    case "build":
    case "refine":
      return "recommendTables";
    case "export":
      return state.featureSetHash && state.resultId ? "proposeExport" : "respond";
    case "query":
      return "queryData";
    default:
      return "answer";
  }
}

function afterRecommendation(state: State) {
  if (state.questions.length > 0) return "clarify";
  return state.resultId === null && state.featureSetHash !== null ? "fetchData" : "respond";
}

function afterFetch(state: State) {
  if (state.questions.length > 0) return "clarify";
  return state.resultId === null ? "respond" : "proposeEnrichment";
}

function afterEnrichment(state: State) {
  return state.approval?.kind === "enrich" ? "askPerson" : "proposeExport";
}

function whenAsked(state: State) {
  return state.approval ? "askPerson" : "respond";
}

function afterDecision(state: State) {
  const { decision, approval } = state;
  if (decision?.feedback || decision?.choice) return "orchestrate";
  if (approval?.kind === "enrich") return state.resultId === null ? "fetchData" : "proposeExport";
  if (decision?.decision === "reject") return "respond";
  return approval?.kind === "export" ? "exportMatrix" : "fetchData";
}

/** Words that interrupted a question have been answered; the question is asked again. */
function backToQuestion(state: State) {
  switch (state.interrupted) {
    case "clarify":
      return "clarify";
    case "enrich":
      return "proposeEnrichment";
    case "export":
      return "proposeExport";
    default:
      return END;
  }
}
