"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";

const tabs = [
  ["", "Run"],
  ["/gates", "Gates"],
  ["/lineage", "Lineage"],
  ["/tables", "Tables"],
] as const;

/** The pages of one run. */
export function RunTabs({ id }: { id: string }) {
  const path = usePathname();
  return (
    <nav aria-label="Of this run" className="flex gap-1">
      {tabs.map(([end, label]) => {
        const href = `/pipeline/${id}${end}`;
        const isHere = end === "" ? path === href : path.startsWith(href);
        return (
          <Link
            key={end}
            href={href}
            prefetch={false}
            aria-current={isHere ? "page" : undefined}
            className="-mb-px border-b-2 border-transparent px-2 py-1.5 text-xs text-dim hover:text-ink aria-[current]:border-accent aria-[current]:text-ink"
          >
            {label}
          </Link>
        );
      })}
    </nav>
  );
}
