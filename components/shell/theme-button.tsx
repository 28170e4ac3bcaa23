"use client";

import { useState } from "react";
import { Icon } from "@/components/ui/icon";

export type Theme = "light" | "dark" | "system";

const next = { system: "light", light: "dark", dark: "system" } as const;
const names = { system: "as the system", light: "light", dark: "dark" } as const;

/** Goes round light, dark and the system's own; a cookie remembers it, so that the server draws it right at once. */
export function ThemeButton({ initial }: { initial: Theme }) {
  const [theme, setTheme] = useState(initial);

  function change() {
    const chosen = next[theme];
    setTheme(chosen);
    document.documentElement.dataset.theme = chosen;
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing on plain http
    document.cookie = `theme=${chosen}; path=/; max-age=31536000; samesite=lax`;
  }

  return (
    <button
      type="button"
      onClick={change}
      aria-label={`Colours: ${names[theme]}. Change`}
      title={`Colours: ${names[theme]}`}
      className="flex items-center gap-1.5 rounded-md px-2 py-1 text-xs text-dim hover:bg-hover hover:text-ink"
    >
      <Icon name={theme === "dark" ? "moon" : "sun"} className="size-3.5" />
      {theme === "system" ? "Auto" : theme === "dark" ? "Dark" : "Light"}
    </button>
  );
}
