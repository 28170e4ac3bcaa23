import { PostgresSaver } from "@langchain/langgraph-checkpoint-postgres";
import { pgPool } from "./client";

/** Where LangGraph keeps its threads: the app database, in a schema of its own. `migrate` makes its tables. */
export function checkpointSaver(): PostgresSaver {
  return new PostgresSaver(pgPool(), undefined, { schema: "langgraph" });
}
