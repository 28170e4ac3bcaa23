import type { LanguageModel } from "@/lib/language-model";
import { offlinePlanner } from "./offline/planner";
import { openAiPlanner } from "./openai/planner";
import type { Planner } from "./port";

/** The planner that asks this model; without one, the offline planner. */
export function createPlanner(model: LanguageModel | null): Planner {
  return model ? openAiPlanner(model) : offlinePlanner();
}
