const tones = {
  accent: "bg-accent",
  good: "bg-good",
  warn: "bg-warn",
  bad: "bg-bad",
  dim: "bg-faint",
} as const;

export type BarTone = keyof typeof tones;

/** A share of a whole, 0…1, as a thin bar. The number stands beside it in text, so the bar itself is silent. */
export function Bar({
  rate,
  tone = "accent",
  className = "",
}: {
  rate: number;
  tone?: BarTone;
  className?: string;
}) {
  const share = Math.min(Math.max(rate, 0), 1);
  return (
    <span aria-hidden="true" className={`block h-1.5 overflow-hidden rounded-full bg-line ${className}`}>
      <span
        className={`block h-full rounded-full ${tones[tone]}`}
        style={{ width: `${share * 100}%`, minWidth: share > 0 ? 2 : 0 }}
      />
    </span>
  );
}
