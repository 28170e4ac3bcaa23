import { Icon } from "@/components/ui/icon";
import { Card } from "./card";
import type { CardProps } from "./types";

const marks = {
  warning: { icon: "warning", colour: "text-warn", word: "Warning" },
  note: { icon: "info", colour: "text-dim", word: "Note" },
  ok: { icon: "check", colour: "text-good", word: "Fine" },
} as const;
const order = ["warning", "note", "ok"];

/** What the feature engineer found in the set, worst first. */
export function CheckCard({ data }: CardProps<"check">) {
  const findings = [...data.findings].sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level));
  if (findings.length === 0) return null;
  return (
    <Card title="Check of the feature set">
      <ul className="space-y-1.5 px-3.5 py-2.5">
        {findings.map(({ level, text }) => (
          <li key={text} className="flex gap-2">
            <Icon name={marks[level].icon} className={`mt-0.5 size-3.5 ${marks[level].colour}`} />
            <span className="sr-only">{marks[level].word}: </span>
            <span className="min-w-0 [overflow-wrap:anywhere]">{text}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
