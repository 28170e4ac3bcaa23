import { openApproval } from "./approval";
import type { State, Update } from "./state";
import type { NodeConfig } from "./turn";

/** Puts the open questions to the person. */
export async function clarify(state: State, config: NodeConfig): Promise<Update> {
  return openApproval(state, config, {
    kind: "clarify",
    title:
      state.questions.length === 1 ? "One thing is unclear" : `${state.questions.length} things are unclear`,
    questions: state.questions,
    groups: [],
    exportOf: null,
  });
}
