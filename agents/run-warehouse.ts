import { queryJournal } from "@/db/queries";
import type { QueryProgress, RunContext, Warehouse } from "@/lib/warehouse";
import { type NodeConfig, turn } from "./turn";

/** The mart's warehouse, whose statements are this run's: told so to the warehouse, and found again after a restart. */
export function runWarehouse(
  config: NodeConfig,
  tell: (detail: string) => void,
  approval?: string,
): Warehouse {
  return turn(config).mart.warehouse.forRun(runContext(config, tell, approval));
}

/** On whose behalf the statements of this run are. */
export function runContext(
  config: NodeConfig,
  tell: (detail: string) => void,
  approval?: string,
): RunContext {
  const { viewer, conversationId, runId, mart } = turn(config);
  return {
    ...{ user: viewer.id, conversation: conversationId, run: runId, ...(approval ? { approval } : {}) },
    journal: queryJournal(viewer, runId, mart.build),
    onProgress: ({ state }) => tell(waitingFor[state]),
  };
}

const waitingFor: Record<QueryProgress["state"], string> = {
  queued: "in Snowflake's queue",
  "resuming warehouse": "waking the warehouse",
  running: "Snowflake is running it",
};
