import type { ReactNode } from "react";

/** The frame that cards share: a titled section with a thin rule. */
export function Card({
  title,
  aside,
  children,
}: {
  title: ReactNode;
  aside?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className="overflow-hidden rounded-lg border border-line bg-surface text-[0.8125rem]">
      <header className="flex min-h-9 flex-wrap items-center justify-between gap-x-3 gap-y-0.5 border-b border-line px-3.5 py-1.5">
        <h3 className="font-semibold text-ink">{title}</h3>
        {aside && <div className="text-xs text-dim">{aside}</div>}
      </header>
      {children}
    </section>
  );
}

/** A labelled part of a card. */
export function CardSection({
  title,
  aside,
  children,
}: {
  title: string;
  aside?: ReactNode;
  children: ReactNode;
}) {
  return (
    <div className="border-t border-line px-3.5 py-2.5 first:border-t-0">
      <div className="mb-1.5 flex flex-wrap items-baseline justify-between gap-x-3">
        <h4 className="text-xs font-medium text-dim">{title}</h4>
        {aside && <div className="text-2xs text-faint">{aside}</div>}
      </div>
      {children}
    </div>
  );
}
