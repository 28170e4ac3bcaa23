import { Chip } from "@/components/ui/chip";
import type { Verdict } from "@/lib/quality/gates";

const looks = {
  halt: ["bad", "failed"],
  warn: ["warn", "warning"],
  pass: ["accent", "passed"],
  insufficient: ["plain", "too few rows"],
  no_reference: ["plain", "no reference"],
} as const;

export function VerdictChip({ verdict }: { verdict: Verdict }) {
  const [tone, word] = looks[verdict];
  return (
    <span className="w-[5.25rem] shrink-0">
      <Chip tone={tone}>{word}</Chip>
    </span>
  );
}
