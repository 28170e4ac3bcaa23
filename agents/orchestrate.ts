import { getFeatureSet } from "@/db/queries";
import type { PlannedRequest } from "@/lib/planner";
import type { PlanPart } from "./parts";
import { findSavedRequest, requestOfSaved } from "./saved-request";
import type { State, Update } from "./state";
import { type NodeConfig, sendPart, turn, withProgress } from "./turn";
import { typedSql } from "./typed-sql";

/** Turns words into a request and says into which sub-tasks it was split. No effects. */
export async function orchestrate(state: State, config: NodeConfig): Promise<Update> {
  const { viewer, conversationId, mart, search, planner, signal } = turn(config);
  if (state.choice) return { request: requestOfChoice(state.choice), approval: null, decision: null };
  if (typedSql(state.message) !== null) return { request: typedRequest, approval: null, decision: null };

  const featureSet = state.featureSetHash
    ? await getFeatureSet(viewer, conversationId, state.featureSetHash)
    : null;
  const saved = findSavedRequest(state.message, mart.registry);
  const { request, notices } = saved
    ? { request: requestOfSaved(saved), notices: [`${saved.description} It is a saved request.`] }
    : await withProgress(config, "orchestrate", "Reading the request", () =>
        planner.plan(state.message, { registry: mart.registry, search, featureSet, signal }),
      );
  notices.forEach((text, index) => {
    sendPart(config, "notice", { level: "info", text }, String(index));
  });
  const subTasks = subTasksOf(request);
  if (subTasks.length > 0)
    sendPart(config, "plan", { planner: saved ? "saved request" : planner.name, subTasks });
  return { request, approval: null, decision: null };
}

function subTasksOf(request: PlannedRequest): PlanPart["subTasks"] {
  if (request.intent === "export") {
    return [{ agent: "feature engineer", title: "Ask for approval, then stamp and export the matrix" }];
  }
  if (request.intent !== "build" && request.intent !== "refine") return [];
  return [
    ...request.include.map(({ phrase }) => ({
      agent: "table recommender" as const,
      title: `Find tables for “${phrase}”`,
    })),
    ...request.exclude.map(({ phrase }) => ({
      agent: "table recommender" as const,
      title: `Leave out “${phrase}”`,
    })),
    ...request.filters.map(({ phrase, column, mode }) => ({
      agent: "data fetcher" as const,
      title: mode === "remove" ? `Lift the filter on ${column}` : `Keep rows where “${phrase}” (${column})`,
    })),
    { agent: "data fetcher", title: "Write and run the join, report its quality" },
    { agent: "feature engineer", title: "Check the set, propose enrichment, ask before exporting" },
  ];
}

/** SQL as a person typed it needs no reading: no planner is asked. */
const typedRequest: PlannedRequest = {
  ...{ intent: "query", entity: null, stamp: null, asOf: null, subject: null },
  ...{ include: [], exclude: [], filters: [], unresolved: [] },
};

/** Tables toggled on a card are as exact as a request can be: no planner is asked. */
function requestOfChoice(choice: { include: string[]; exclude: string[] }): PlannedRequest {
  return {
    intent: "refine",
    entity: null,
    stamp: null,
    asOf: null,
    include: choice.include.map((table) => ({
      phrase: table,
      tables: [table],
      features: [],
      delaySeconds: null,
      role: null,
    })),
    exclude: choice.exclude.map((table) => ({ kind: "tables", phrase: table, tables: [table] })),
    filters: [],
    unresolved: [],
    subject: null,
  };
}
