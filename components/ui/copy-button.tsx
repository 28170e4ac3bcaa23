"use client";

import { useEffect, useState } from "react";
import { Icon } from "./icon";

/** Copies `text` and says so for a moment. `label` names what is copied, for screen readers. */
export function CopyButton({ text, label, caption }: { text: string; label: string; caption?: string }) {
  const [state, setState] = useState<"idle" | "copied" | "failed">("idle");
  useEffect(() => {
    if (state === "idle") return;
    const timer = setTimeout(() => setState("idle"), 1600);
    return () => clearTimeout(timer);
  }, [state]);

  return (
    <button
      type="button"
      onClick={async () => setState((await copy(text)) ? "copied" : "failed")}
      aria-label={label}
      title={label}
      className="inline-flex items-center gap-1 rounded px-1.5 py-1 text-xs text-dim hover:bg-hover hover:text-ink"
    >
      <Icon name={state === "copied" ? "check" : "copy"} className="size-3.5" />
      {caption && <span>{state === "copied" ? "Copied" : state === "failed" ? "Not copied" : caption}</span>}
      <span role="status" className="sr-only">
        {state === "copied" ? "Copied" : state === "failed" ? "Could not copy" : ""}
      </span>
    </button>
  );
}

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyThroughSelection(text);
  }
}

/** The clipboard API is missing on plain http addresses other than localhost. */
function copyThroughSelection(text: string): boolean {
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "fixed opacity-0";
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  return copied;
}
