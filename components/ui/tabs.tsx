"use client";

import { type KeyboardEvent, type ReactNode, useId, useState } from "react";

export interface Tab {
  id: string;
  label: string;
  content: ReactNode;
}

/** Tabs as the ARIA pattern has them: one stop for Tab, arrows move between. `aside` stands at the right of the row. */
export function Tabs({
  tabs,
  label,
  aside,
}: {
  tabs: Tab[];
  label: string;
  aside?: (id: string) => ReactNode;
}) {
  const base = useId();
  const [open, setOpen] = useState(tabs[0]?.id ?? "");
  const current = tabs.find((tab) => tab.id === open) ?? tabs[0];
  if (!current) return null;

  function move(event: KeyboardEvent) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const index = tabs.findIndex((tab) => tab.id === open);
    const next = tabs[(index + step + tabs.length) % tabs.length];
    if (!next) return;
    setOpen(next.id);
    document.getElementById(`${base}-${next.id}`)?.focus();
  }

  return (
    <div>
      <div className="flex items-center justify-between gap-2 border-b border-line px-2">
        <div role="tablist" aria-label={label} className="flex gap-1" onKeyDown={move}>
          {tabs.map((tab) => (
            <button
              key={tab.id}
              id={`${base}-${tab.id}`}
              type="button"
              role="tab"
              aria-selected={tab.id === current.id}
              aria-controls={`${base}-panel`}
              tabIndex={tab.id === current.id ? 0 : -1}
              onClick={() => setOpen(tab.id)}
              className="-mb-px border-b-2 border-transparent px-2 py-1.5 text-xs text-dim hover:text-ink aria-selected:border-accent aria-selected:text-ink"
            >
              {tab.label}
            </button>
          ))}
        </div>
        {aside?.(current.id)}
      </div>
      <div role="tabpanel" id={`${base}-panel`} aria-labelledby={`${base}-${current.id}`}>
        {current.content}
      </div>
    </div>
  );
}
