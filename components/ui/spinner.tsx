export function Spinner({ className = "size-3.5" }: { className?: string }) {
  return (
    <span
      aria-hidden="true"
      className={`inline-block shrink-0 animate-spin rounded-full border-[1.5px] border-line-strong border-t-accent motion-reduce:animate-none ${className}`}
    />
  );
}
