import type { QueryState } from "./connection";

/** The service's words in ours. */
const states: Record<string, QueryState> = {
  RUNNING: "running",
  BLOCKED: "running",
  ABORTING: "running",
  RESTARTED: "running",
  QUEUED: "queued",
  QUEUED_REPARING_WAREHOUSE: "queued",
  RESUMING_WAREHOUSE: "resuming warehouse",
  SUCCESS: "succeeded",
  FAILED_WITH_ERROR: "failed",
  FAILED_WITH_INCIDENT: "failed",
  ABORTED: "failed",
  DISCONNECTED: "failed",
};

export function stateOf(status: string): QueryState {
  return states[status] ?? "unknown";
}
