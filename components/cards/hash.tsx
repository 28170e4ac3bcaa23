import { CopyButton } from "@/components/ui/copy-button";

/** A SHA-256, short enough to read and whole when copied. */
export function Hash({ value, label }: { value: string; label: string }) {
  return (
    <span className="inline-flex items-center gap-0.5 font-mono text-2xs text-dim" title={value}>
      {value.slice(0, 12)}…
      <CopyButton text={value} label={`Copy the ${label}`} />
    </span>
  );
}
