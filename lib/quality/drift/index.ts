export { alignBuckets, type Bucket } from "./buckets";
export { type ChiSquare, chiSquare } from "./chi-square";
export {
  jsDistance,
  jsDivergence,
  klDivergence,
  lInfinity,
  lInfinityRobust,
  type Weights,
} from "./divergences";
export { kolmogorovSmirnov } from "./kolmogorov-smirnov";
export {
  type BinCounts,
  driftLimits,
  rowsOf,
  type Stability,
  stability,
  stabilityIndex,
} from "./stability-index";
