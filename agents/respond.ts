import { getResult } from "@/db/queries";
import { plural } from "@/lib/figures";
import { plainWords } from "@/lib/plain-words";
import type { State, Update } from "./state";
import { type NodeConfig, sendText, turn } from "./turn";

/** Closing words: what was done, and what could not be. */
export async function respond(state: State, config: NodeConfig): Promise<Update> {
  const { viewer } = turn(config);
  const sentences = state.remarks.map(plainWords);
  if (state.exportId && state.resultId) {
    const { report } = await getResult(viewer, state.resultId);
    sentences.push(
      `Exported ${plural(report.rows, "row", "rows")} with ${plural(report.features, "feature", "features")}. The manifest holds the plan, the SQL and the lineage of every column; \`npm run ask -- --replay manifest.json\` makes the same data again.`,
    );
  } else if (state.request?.intent === "export" && !state.resultId) {
    sentences.push("There is no matrix to export yet. Say which features you need first.");
  }
  sendText(config, sentences.length > 0 ? sentences.join("\n\n") : "Nothing was changed.");
  return { remarks: [] };
}
