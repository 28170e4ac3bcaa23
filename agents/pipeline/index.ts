export { type Executor, hasExecutor, startExecutor } from "./executor";
export { ensureFirstStamp, firstStamp } from "./first-build";
export { type PipelineSnapshot, readPipelineRun, watchPipelineRun } from "./read-run";
export {
  backfillPipeline,
  cancelPipelineRun,
  listPipelineRuns,
  rerunPipelineFrom,
  startPipelineRun,
} from "./start-run";
