import type { FeatureSet } from "@/lib/feature-set/schema";
import type { RegistrySearch } from "@/lib/registry/search-port";
import type { Registry } from "@/lib/registry/types";
import type { PlannedRequest } from "./schema";

export interface PlannerContext {
  registry: Registry;
  search: RegistrySearch;
  /** The conversation's feature set so far; null at its start. */
  featureSet: FeatureSet | null;
  signal?: AbortSignal;
}

export interface Planner {
  /** For instance `offline` or `openai:gpt-5-mini`. */
  readonly name: string;
  /** `notices` are sentences for the person, for instance that the offline planner took over. */
  plan(message: string, context: PlannerContext): Promise<{ request: PlannedRequest; notices: string[] }>;
}
