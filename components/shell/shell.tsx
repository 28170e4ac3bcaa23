"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { type ReactNode, useEffect, useState } from "react";
import { Icon } from "@/components/ui/icon";

/** The sidebar beside the page; on a narrow screen a drawer over it. */
export function Shell({ sidebar, children }: { sidebar: ReactNode; children: ReactNode }) {
  const path = usePathname();
  const [openAt, setOpenAt] = useState<string | null>(null);
  // Going to another page closes the drawer.
  const isOpen = openAt === path;

  useEffect(() => {
    if (!isOpen) return;
    const close = (event: KeyboardEvent) => event.key === "Escape" && setOpenAt(null);
    document.addEventListener("keydown", close);
    return () => document.removeEventListener("keydown", close);
  }, [isOpen]);

  return (
    <div className="flex h-dvh">
      {isOpen && (
        <button
          type="button"
          aria-label="Close the menu"
          onClick={() => setOpenAt(null)}
          className="fixed inset-0 z-30 bg-black/40 md:hidden"
        />
      )}
      <aside
        className={`${isOpen ? "flex" : "hidden"} fixed inset-y-0 left-0 z-40 w-64 shrink-0 flex-col border-r border-line bg-sunken md:static md:flex`}
      >
        {sidebar}
      </aside>
      <div className="flex min-w-0 flex-1 flex-col">
        <div className="flex h-11 shrink-0 items-center gap-2 border-b border-line px-2 md:hidden">
          <button
            type="button"
            aria-label="Open the menu"
            aria-expanded={isOpen}
            onClick={() => setOpenAt(path)}
            className="rounded-md p-2 text-dim hover:bg-hover hover:text-ink"
          >
            <Icon name="menu" />
          </button>
          <Link href="/" className="font-semibold tracking-tight">
            Feature Mart
          </Link>
        </div>
        {children}
      </div>
    </div>
  );
}
