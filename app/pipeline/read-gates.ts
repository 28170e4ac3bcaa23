import type { StepParameters } from "@/lib/pipeline/steps";
import { type GateReport, type GateSummary, summarizeGates } from "@/lib/quality/gates";
import { readArtifact } from "./read-artifact";

/**
 * What the gate step of a stamp found, as a page shows it; with a query, of the columns that it names. The report on every column is
 * large and is read for a search alone. Null where no gate was run.
 */
export async function readGates(
  of: Pick<StepParameters, "mart" | "stamp">,
  query: string,
): Promise<GateSummary | null> {
  const words = query.split(/[\s.]+/).filter(Boolean);
  const summary =
    words.length === 0 ? await readArtifact<GateSummary>(of, "gate", "gates-summary.json") : null;
  if (summary) return summary;
  const report = await readArtifact<GateReport>(of, "gate", "gates.json");
  return report && summarizeGates(report, words);
}
