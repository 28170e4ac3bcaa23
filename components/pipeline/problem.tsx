import Link from "next/link";
import { formatCount } from "@/components/format";
import { Icon } from "@/components/ui/icon";
import type { RunProblem } from "./types";

/** Why the run ended badly. Of a gate each failed check has its line. */
export function Problem({ runId, problem }: { runId: string; problem: RunProblem }) {
  const { code, message, failed } = problem;
  const isGate = code === "GATE_HALTED";
  return (
    <div
      role="alert"
      className={`flex gap-2 rounded-lg px-3.5 py-2.5 text-[0.8125rem] ${isGate ? "bg-warn-soft" : "bg-bad-soft"}`}
    >
      <Icon name="warning" className={`mt-[0.1875rem] size-3.5 ${isGate ? "text-warn" : "text-bad"}`} />
      <div className="min-w-0 flex-1 space-y-1 [overflow-wrap:anywhere]">
        <p className="whitespace-pre-line">{message}</p>
        {failed && (
          <ul className="list-disc space-y-0.5 pl-4 text-xs">
            {failed.shown.map((text) => (
              <li key={text}>{text}</li>
            ))}
            {failed.all > failed.shown.length && (
              <li>and {formatCount(failed.all - failed.shown.length)} more</li>
            )}
          </ul>
        )}
        {isGate && (
          <Link
            href={`/pipeline/${runId}/gates`}
            prefetch={false}
            className="inline-block font-medium text-accent underline"
          >
            See the checks and the distributions
          </Link>
        )}
      </div>
    </div>
  );
}
