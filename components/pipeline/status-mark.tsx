import { Icon, type IconName } from "@/components/ui/icon";
import { Spinner } from "@/components/ui/spinner";
import type { RunStatus, StepStatus } from "./types";

type Status = RunStatus | StepStatus;

const looks: Record<Exclude<Status, "running">, { icon: IconName | null; tone: string; word: string }> = {
  queued: { icon: null, tone: "text-dim", word: "queued" },
  pending: { icon: null, tone: "text-faint", word: "not begun" },
  succeeded: { icon: "check", tone: "text-good", word: "succeeded" },
  reused: { icon: "check", tone: "text-dim", word: "taken from before" },
  halted: { icon: "stop", tone: "text-warn", word: "halted" },
  failed: { icon: "close", tone: "text-bad", word: "failed" },
  cancelled: { icon: "close", tone: "text-dim", word: "cancelled" },
};

/** What became of a run or a step: a mark, and the word beside it. */
export function StatusMark({ status }: { status: Status }) {
  const tone = status === "running" ? "text-accent" : looks[status].tone;
  return (
    <span className={`inline-flex items-center gap-1.5 whitespace-nowrap ${tone}`}>
      <StatusIcon status={status} />
      {statusWord(status)}
    </span>
  );
}

export function statusWord(status: Status): string {
  return status === "running" ? "running" : looks[status].word;
}

export function StatusIcon({ status }: { status: Status }) {
  if (status === "running") return <Spinner className="size-3.5" />;
  const { icon, tone } = looks[status];
  if (icon) return <Icon name={icon} className={`size-3.5 ${tone}`} />;
  return (
    <span aria-hidden="true" className="flex size-3.5 shrink-0 items-center justify-center">
      <span className="size-2 rounded-full border-[1.5px] border-line-strong" />
    </span>
  );
}
