export type { RankedFeature, RankedTable, RegistrySearch } from "@/lib/registry/search-port";
export { describeSubject } from "./describe-subject";
export { type OpenSearch, openSearch, type SearchOptions } from "./open-search";
export { relevantScore } from "./rank-tables";
