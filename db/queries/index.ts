export * from "./approvals";
export { claimRun, heartbeatRun, reclaimRun, staleAfterSeconds } from "./claim-run";
export * from "./conversations";
export * from "./exports";
export * from "./feature-sets";
export * from "./messages";
export * from "./model-use";
export * from "./results";
export {
  appendRunEvents,
  followRun,
  listRunEvents,
  listUntoldRuns,
  notifyRun,
  subscribeRun,
} from "./run-events";
export * from "./runs";
export * from "./take-message";
export { queryJournal } from "./warehouse-queries";
