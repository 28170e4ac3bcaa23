import type { ReactNode } from "react";

const tones = {
  plain: "border-line bg-sunken text-dim",
  accent: "border-transparent bg-accent-soft text-accent",
  warn: "border-transparent bg-warn-soft text-warn",
  bad: "border-transparent bg-bad-soft text-bad",
} as const;

export function Chip({ tone = "plain", children }: { tone?: keyof typeof tones; children: ReactNode }) {
  return (
    <span
      className={`inline-flex max-w-full items-center gap-1 rounded border px-1.5 text-2xs leading-[1.125rem] [overflow-wrap:anywhere] ${tones[tone]}`}
    >
      {children}
    </span>
  );
}
