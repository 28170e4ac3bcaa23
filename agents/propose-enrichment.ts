import { getResult } from "@/db/queries";
import { checkSet, proposeGroups } from "@/lib/engineer";
import type { FeatureSet } from "@/lib/feature-set";
import { tableWords } from "@/lib/registry";
import { openApproval } from "./approval";
import type { State, Update } from "./state";
import { type NodeConfig, sendPart, turn, withProgress } from "./turn";

/** How many tables the search is asked for; those that are taken or cannot be joined fall out. */
const mostNear = 30;

/** Checks the set, and once per set proposes what would help, each group with its reason. */
export async function proposeEnrichment(state: State, config: NodeConfig): Promise<Update> {
  const { viewer, mart, search, signal } = turn(config);
  if (!state.resultId) throw new Error("proposeEnrichment was reached without a matrix.");
  const { plan, report } = await getResult(viewer, state.resultId);

  sendPart(config, "check", { findings: checkSet({ plan, report, registry: mart.registry }) });
  if (state.enrichment === "decided") return { approval: null };

  const groups = await withProgress(config, "engineer", "Looking for features that would help", async () => {
    const near = await search.rank(wordsOf(state, plan.featureSet), {
      ...{ entity: plan.spine.entity, limit: mostNear },
    });
    return proposeGroups({
      ...{ plan, registry: mart.registry, warehouse: mart.warehouse, signal },
      near: near.map(({ table }) => table),
    });
  });
  if (groups.length === 0) return { approval: null, enrichment: "decided" };
  return openApproval(state, config, {
    kind: "enrich",
    title: "Widen the matrix?",
    questions: [],
    groups,
    exportOf: null,
  });
}

/** What the person asked for, or where nothing was said what the set holds. */
function wordsOf({ request }: State, { selections }: FeatureSet): string {
  const phrases = request?.include.map(({ phrase }) => phrase) ?? [];
  return (phrases.length > 0 ? phrases : selections.map(({ table }) => tableWords(table))).join(", ");
}
