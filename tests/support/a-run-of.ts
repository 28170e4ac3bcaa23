import type { RunSteps } from "@/app/pipeline/read-run-steps";
import { type StepName, type StepParameters, type StepReport, stepNames } from "@/lib/pipeline/steps";

type Done = { status: RunSteps["steps"][number]["status"]; files?: StepReport["files"] };

/** A run with its steps as the database has them; those that are not named were not begun. */
export function aRunOf(
  parameters: StepParameters,
  done: Partial<Record<StepName, Done>>,
  run: Partial<RunSteps["run"]> = {},
): RunSteps {
  const { mart, stamp } = parameters;
  const at = new Date("2026-11-21T12:00:00Z");
  return {
    run: { id: "a-run", mart, stamp, status: "running", fromStep: "extract", createdAt: at, ...run },
    steps: stepNames.map((step) => {
      const { status, files = [] } = done[step] ?? { status: "pending" };
      const report = { step, parameters, after: null, files, quarantine: [], facts: [] };
      const isHalted = status === "halted";
      return {
        ...{ step, status, startedAt: ["pending", "reused"].includes(status) ? null : at },
        report: isHalted || status === "pending" ? null : report,
        errorDetails: isHalted ? { failed: [], count: 0, files } : null,
      };
    }),
  };
}
