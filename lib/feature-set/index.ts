export { canonicalJson, featureSetHash, planHash, sha256 } from "./hash";
export type {
  Cardinality,
  Hop,
  PathOption,
  Plan,
  PlannedColumn,
  PlannedFilter,
  PlannedJoin,
  PlannedSpine,
  Visibility,
} from "./plan";
export { type ResolveOptions, resolveFeatureSet } from "./resolve";
export {
  type FeatureSet,
  type Filter,
  featureSetSchema,
  filterOperators,
  type Selection,
  type Spine,
  stampSchema,
} from "./schema";
export { isDateText, utcText } from "./time";
