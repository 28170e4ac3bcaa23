import { getResult } from "@/db/queries";
import { checkSet, proposeGroups } from "@/lib/engineer";
import { openApproval } from "./approval";
import type { State, Update } from "./state";
import { type NodeConfig, sendPart, turn, withProgress } from "./turn";

/** Checks the set, and once per set proposes what would help, each group with its reason. */
export async function proposeEnrichment(state: State, config: NodeConfig): Promise<Update> {
  const { viewer, mart, signal } = turn(config);
  if (!state.resultId) throw new Error("proposeEnrichment was reached without a matrix.");
  const { plan, report } = await getResult(viewer, state.resultId);

  sendPart(config, "check", { findings: checkSet({ plan, report, registry: mart.registry }) });
  if (state.enrichment === "decided") return { approval: null };

  const groups = await withProgress(config, "engineer", "Looking for features that would help", () =>
    proposeGroups({ plan, registry: mart.registry, warehouse: mart.warehouse, signal }),
  );
  if (groups.length === 0) return { approval: null, enrichment: "decided" };
  return openApproval(state, config, {
    kind: "enrich",
    title: "Widen the matrix?",
    questions: [],
    groups,
    exportOf: null,
  });
}
