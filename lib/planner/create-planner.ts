import type { Config } from "@/lib/config";
import { offlinePlanner } from "./offline/planner";
import type { Planner } from "./port";

/** The planner that the settings name. */
export function createPlanner(_settings: Pick<Config, "planner">): Planner {
  return offlinePlanner();
}
