"use client";

import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useEffect, useState } from "react";
import { Icon } from "@/components/ui/icon";

/** Searches by the page's address, so that a search can be linked and the server does the work. */
export function SearchBox({ initial, label }: { initial: string; label: string }) {
  const router = useRouter();
  const path = usePathname();
  const parameters = useSearchParams();
  const [text, setText] = useState(initial);

  useEffect(() => {
    if (text.trim() === (parameters.get("q") ?? "")) return;
    const timer = setTimeout(() => {
      const next = new URLSearchParams(parameters);
      if (text.trim()) next.set("q", text.trim());
      else next.delete("q");
      router.replace(next.size > 0 ? `${path}?${next}` : path, { scroll: false });
    }, 200);
    return () => clearTimeout(timer);
  }, [text, parameters, path, router]);

  return (
    <div className="relative">
      <Icon name="search" className="absolute top-2 left-2.5 size-3.5 text-faint" />
      <input
        type="search"
        value={text}
        onChange={(event) => setText(event.target.value)}
        aria-label={label}
        placeholder={label}
        className="w-full rounded-md border border-line-strong bg-surface py-1 pr-2.5 pl-8 text-[0.8125rem] placeholder:text-faint"
      />
    </div>
  );
}
