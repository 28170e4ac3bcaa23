import type { PipelineRun, PipelineStep } from "@/db/schema";

/** What a person should know of a run that has ended, in a few lines. */
export function alertText(run: PipelineRun, steps: PipelineStep[]): string {
  const { mart, stamp, status } = run;
  if (status === "succeeded") {
    return [`${mart} ${stamp} was published.`, ...quarantined(steps)].join("\n");
  }
  const culprit = steps.find((step) => step.status === status);
  const where = culprit ? ` at ${culprit.step}` : "";
  const what = status === "halted" ? "halted" : "failed";
  const kept = "What was current before is current still.";
  return [`${mart} ${stamp} ${what}${where}. ${kept}`, run.errorMessage ?? "", ...quarantined(steps)]
    .filter(Boolean)
    .join("\n")
    .slice(0, 3000);
}

function quarantined(steps: PipelineStep[]): string[] {
  const rows = steps
    .flatMap(({ report }) => report?.quarantine ?? [])
    .reduce((sum, { rows }) => sum + rows, 0);
  return rows > 0 ? [`Rows set aside: ${rows.toLocaleString("en")}.`] : [];
}
