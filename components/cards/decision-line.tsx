import { Icon } from "@/components/ui/icon";
import type { CardProps } from "./types";

/** The person's answer to a question, on their side of the conversation. */
export function DecisionLine({ data, context }: CardProps<"decision">) {
  const approval = context.titleOf(data.approvalId);
  const approved = data.decision === "approve";
  const taken =
    approval?.groups.filter((group) => data.groups.includes(group.id)).map((group) => group.title) ?? [];
  const answered =
    approval?.questions.flatMap((question) =>
      question.choices
        .filter((choice) => choice.id === data.answers[question.id])
        .map((choice) => choice.label),
    ) ?? [];
  const chosen = [...answered, ...taken].join(", ");
  return (
    <p className="flex items-start justify-end gap-1.5 text-[0.8125rem] text-dim">
      <Icon
        name={approved ? "check" : "close"}
        className={`mt-[0.1875rem] size-3.5 ${approved ? "text-good" : "text-bad"}`}
      />
      <span className="min-w-0 [overflow-wrap:anywhere]">
        {approved ? "Approved" : "Rejected"}
        {approval && `: ${approval.title}`}
        {approved && chosen && ` (${chosen})`}
        {data.feedback && ` “${data.feedback}”`}
      </span>
    </p>
  );
}

/** Tables taken in or out on the card of ranked tables. */
export function ChoiceLine({ data }: CardProps<"choice">) {
  const parts = [
    data.include.length > 0 && `with ${data.include.join(", ")}`,
    data.exclude.length > 0 && `without ${data.exclude.join(", ")}`,
  ].filter(Boolean);
  return (
    <p className="text-right text-[0.8125rem] text-dim [overflow-wrap:anywhere]">
      Tables: {parts.join("; ")}
    </p>
  );
}
