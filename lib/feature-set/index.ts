export { canonicalJson, featureSetHash, planHash, sha256 } from "./hash";
export {
  type Cardinality,
  type Hop,
  type PathOption,
  type Plan,
  type PlannedColumn,
  type PlannedFilter,
  type PlannedJoin,
  type PlannedSpine,
  storedColumn,
  type Visibility,
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
