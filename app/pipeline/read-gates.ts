import { type GateReport, type GateSummary, summarizeGates } from "@/lib/quality/gates";
import { readArtifact } from "./read-artifact";
import type { RunSteps } from "./read-run-steps";

/**
 * What the gate step of this run found, as a page shows it; with a query, of the columns that it names. The report on every column
 * is large and is read for a search alone. Null where the run left none, or another run's has taken its place.
 */
export async function readGates(of: RunSteps, query: string): Promise<GateSummary | null> {
  const words = query.split(/[\s.]+/).filter(Boolean);
  if (words.length === 0) return readArtifact<GateSummary>(of, "gate", "gates-summary.json");
  const report = await readArtifact<GateReport>(of, "gate", "gates.json");
  return report && summarizeGates(report, words);
}
