import type { StepEvent } from "@/agents/pipeline/step-process";
import type { StepReport } from "@/lib/pipeline/steps";

/** Where a step's events go: to the process that started this one, as JSON lines for a log, or as plain lines. */
export function reporter(isJson: boolean): (event: StepEvent) => Promise<void> {
  if (process.send) return sendToParent;
  return async (event) => {
    const lines = isJson ? [JSON.stringify(event)] : plain(event);
    for (const line of lines) console.log(line);
  };
}

function sendToParent(event: StepEvent): Promise<void> {
  return new Promise((resolve) => {
    if (!process.connected || !process.send) return resolve();
    // Also on an error, which only says that the parent is gone.
    process.send(event, () => resolve());
  });
}

function plain(event: StepEvent): string[] {
  if (event.type === "log") return [event.text];
  if (event.type === "progress") return [`${event.done}/${event.total} ${event.label}`];
  if (event.type === "error") return [event.message, ...failedChecks(event.details)];
  return describeReport(event.report);
}

/** The facts of a step and what it set aside. */
export function describeReport({ facts, quarantine, files }: StepReport): string[] {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return [
    ...facts.map(({ label, value, unit }) => `  ${label}: ${shown(value)}${unit ? ` ${unit}` : ""}`),
    `  files: ${files.length}, ${(bytes / 1e6).toFixed(1)} MB`,
    ...quarantine.map(
      ({ table, column, reason, rows }) =>
        `  set aside: ${shown(rows)} of ${table}, ${reason.replaceAll("_", " ")}${column ? ` in ${column}` : ""}`,
    ),
  ];
}

/** Of a gate that halted, each check on a line. */
export function failedChecks(details: Record<string, unknown> | null): string[] {
  const failed = Array.isArray(details?.failed) ? (details.failed as { text?: unknown }[]) : [];
  return failed.flatMap(({ text }) => (typeof text === "string" ? [`  failed: ${text}`] : []));
}

function shown(value: number | string): string {
  return typeof value === "number" ? value.toLocaleString("en", { maximumFractionDigits: 4 }) : value;
}
