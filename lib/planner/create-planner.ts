import type { Config } from "@/lib/config";
import { offlinePlanner } from "./offline/planner";
import { openAiPlanner } from "./openai/planner";
import type { Planner } from "./port";

/** The planner that the settings name. */
export function createPlanner({ planner }: Pick<Config, "planner">): Planner {
  return planner.maker === "openai" ? openAiPlanner(planner) : offlinePlanner();
}
