import { interrupt } from "@langchain/langgraph";
import type { Decision, State, Update } from "./state";

/** Waits for the person. Runs again from its first line on resume, so it holds nothing but the interrupt. */
export function askPerson(state: State): Update {
  return {
    decision: interrupt<{ approvalId: string | undefined }, Decision>({ approvalId: state.approval?.id }),
  };
}
