import { getFeatureSet, getResult, saveFeatureSet } from "@/db/queries";
import { plainWords } from "@/lib/plain-words";
import { applyRequest, type PlannedRequest } from "@/lib/planner";
import type { Registry } from "@/lib/registry";
import { operatorWords } from "@/lib/sql";
import { exampleRequest } from "./example-request";
import { rankTables } from "./rank-tables";
import type { State, Update } from "./state";
import { type NodeConfig, sendPart, sendText, turn, withProgress } from "./turn";

/** Searches each phrase on its own, shows the ranked tables, and writes the next feature set. */
export async function recommendTables(state: State, config: NodeConfig): Promise<Update> {
  const { viewer, conversationId, mart, search } = turn(config);
  if (!state.request) throw new Error("recommendTables was reached without a request.");

  const isRefinement = state.request.intent === "refine";
  const earlier = state.featureSetHash
    ? await getFeatureSet(viewer, conversationId, state.featureSetHash)
    : null;
  const before = isRefinement ? earlier : null;
  const request = earlier?.excludePii ? withoutPii(state.request) : state.request;
  const last = state.resultId ? await getResult(viewer, state.resultId) : null;

  return withProgress(config, "recommend", "Finding feature tables", async () => {
    const { featureSet, changes, questions } = applyRequest({
      request,
      featureSet: before,
      registry: mart.registry,
      report: isRefinement ? last?.report : undefined,
    });
    const tables = await rankTables({ request, featureSet, registry: mart.registry, search });
    if (request.include.length > 0 && tables.length > 0) {
      sendPart(config, "tables", {
        searchedBy: search.description,
        entity: featureSet.spine.kind === "population" ? featureSet.spine.entity : featureSet.spine.table,
        filters: featureSet.filters.map((filter) => ({
          column: `${filter.table}.${filter.column}`,
          operator: operatorWords(filter),
          values: filter.values.map(String),
        })),
        tables,
      });
    }

    const { remarks } = state;
    if (changes.length > 0) sendText(config, plainWords(changes.join(" ")));
    if (featureSet.selections.length === 0) {
      const unclear = questions.map((question) => question.text);
      return {
        remarks: [
          ...remarks,
          ...(unclear.length > 0 ? unclear : [nothingFound(request.include, mart.registry)]),
        ],
        questions: [],
        // An earlier set stays as it was: a request that finds nothing must not empty it.
        ...(earlier ? {} : { featureSetHash: null, resultId: null, interrupted: null }),
      };
    }
    const hash = await saveFeatureSet(viewer, conversationId, featureSet);
    if (hash === state.featureSetHash && last?.martBuild === mart.build && questions.length === 0) {
      return { questions: [], remarks: [...remarks, "The feature set is as it was."] };
    }
    return {
      featureSetHash: hash,
      resultId: null,
      // A new set is offered enrichment once; a change to a set that was offered it is not offered again.
      enrichment: isRefinement ? (state.enrichment ?? "open") : "open",
      questions,
      remarks,
      interrupted: null,
    };
  });
}

/** Personal data that were ruled out once stay so in the whole conversation, also when another matrix is begun. */
function withoutPii(request: PlannedRequest): PlannedRequest {
  return { ...request, exclude: [...request.exclude, { kind: "pii", phrase: "as said before" }] };
}

function nothingFound(include: { phrase: string }[], registry: Registry): string {
  if (include.length === 0) {
    return `I know who the rows are about, but not which features you need. Name some, for instance ${exampleRequest(registry)}.`;
  }
  const phrases = include.map(({ phrase }) => `“${phrase}”`).join(", ");
  return `Nothing in the mart fits ${phrases}. The marts page lists every table and feature there is.`;
}
