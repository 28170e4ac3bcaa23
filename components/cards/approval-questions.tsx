import { useId } from "react";
import type { ApprovalPart } from "@/agents/parts";

/** Each question with its choices; exactly one may be taken. */
export function ApprovalQuestions({
  questions,
  answers,
  disabled,
  onAnswer,
}: {
  questions: ApprovalPart["questions"];
  answers: Record<string, string>;
  disabled: boolean;
  onAnswer(question: string, choice: string): void;
}) {
  const base = useId();
  return questions.map((question) => (
    <fieldset key={question.id} disabled={disabled}>
      <legend className="mb-1.5 font-medium [overflow-wrap:anywhere]">{question.text}</legend>
      <div className="space-y-1">
        {question.choices.map((choice) => (
          <label
            key={choice.id}
            className="flex gap-2.5 rounded-md border border-line px-2.5 py-1.5 has-checked:border-accent has-checked:bg-accent-soft"
          >
            <input
              type="radio"
              name={`${base}-${question.id}`}
              checked={answers[question.id] === choice.id}
              onChange={() => onAnswer(question.id, choice.id)}
              className="mt-[0.1875rem] size-3.5 shrink-0"
            />
            <span className="min-w-0 [overflow-wrap:anywhere]">
              {choice.label}
              {choice.detail && <span className="block text-xs text-dim">{choice.detail}</span>}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  ));
}
