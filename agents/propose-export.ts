import { getResult } from "@/db/queries";
import { openApproval } from "./approval";
import type { State, Update } from "./state";
import { type NodeConfig, turn } from "./turn";

/** Asks whether to stamp and export the matrix, saying exactly what would be written and where. */
export async function proposeExport(state: State, config: NodeConfig): Promise<Update> {
  const { viewer, mart, store } = turn(config);
  if (!state.resultId) {
    return { approval: null, remarks: [...state.remarks, "There is no matrix to export yet."] };
  }
  const { report, plan, sqlHash } = await getResult(viewer, state.resultId);
  return openApproval(state, config, {
    kind: "export",
    title: "Stamp and export this matrix?",
    questions: [],
    groups: [],
    exportOf: {
      rows: report.rows,
      // The stamp is a column of its own.
      columns: plan.columns.length + 1,
      stamp: plan.featureSet.stamp,
      destination: store.locate(`exports/${mart.name}/${plan.featureSet.stamp}`),
      sqlHash,
    },
  });
}
