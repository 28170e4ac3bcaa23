"use client";

import { memo, useLayoutEffect, useRef, useState } from "react";
import { useStickToEnd } from "@/components/chat/use-stick-to-end";
import { sayWhy } from "@/components/fetch-or-refuse";
import { formatCount } from "@/components/format";
import { formatClock } from "./times";
import type { LogLine } from "./types";

/** Lines that are drawn together: a long log is redrawn only at its end. */
const blockSize = 200;

/** What the steps say, as it comes; follows the end unless the person has scrolled back. */
export function RunLog({
  lines,
  active,
  loadEarlier,
}: {
  lines: LogLine[];
  active: boolean;
  loadEarlier(before: number): Promise<void>;
}) {
  const scroller = useRef<HTMLElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const { atEnd, toEnd } = useStickToEnd(scroller, content);
  useLayoutEffect(toEnd, [toEnd]);
  const first = lines[0]?.sequence ?? 1;
  const last = lines.at(-1)?.sequence ?? 0;

  return (
    <section aria-label="Log">
      <h2 className="mb-1.5 flex items-baseline justify-between gap-3 text-[0.8125rem] font-semibold">
        Log
        {last > 0 && (
          <span className="text-2xs font-normal tabular-nums text-faint">{formatCount(last)} lines</span>
        )}
      </h2>
      <div className="relative overflow-hidden rounded-lg border border-line bg-sunken">
        <section
          ref={scroller}
          aria-label="Lines of the log"
          // A scrolling region must be reachable by keyboard.
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls
          tabIndex={0}
          className="scroll-slim h-80 overflow-auto px-3.5 py-2 font-mono text-2xs leading-[1.6]"
        >
          <div ref={content}>
            {first > 1 && <Earlier before={first} load={loadEarlier} />}
            {blocksOf(lines).map((block) => (
              <Block key={block.at} lines={block.lines} count={block.lines.length} />
            ))}
            {lines.length === 0 && (
              <p className="font-sans text-xs text-dim">
                {active ? "Nothing was said yet." : "Nothing was said."}
              </p>
            )}
          </div>
        </section>
        {!atEnd && (
          <button
            type="button"
            onClick={toEnd}
            className="absolute right-4 bottom-2 rounded-md border border-line-strong bg-surface px-2 py-1 text-xs shadow-sm hover:bg-hover"
          >
            To the end ↓
          </button>
        )}
      </div>
    </section>
  );
}

function Earlier({ before, load }: { before: number; load(before: number): Promise<void> }) {
  const [state, setState] = useState<string | null>(null);
  return (
    <p className="pb-1 font-sans text-xs">
      <button
        type="button"
        disabled={state === "Loading"}
        onClick={async () => {
          setState("Loading");
          setState(await load(before).then(() => null, sayWhy));
        }}
        className="rounded text-accent hover:underline disabled:opacity-60"
      >
        Show earlier lines ({formatCount(before - 1)})
      </button>
      {state && <span className="ml-2 text-dim">{state}</span>}
    </p>
  );
}

/** Cut at fixed numbers, so that a block's lines stay its own whatever is loaded before them. */
function blocksOf(lines: LogLine[]): { at: number; lines: LogLine[] }[] {
  const blocks: { at: number; lines: LogLine[] }[] = [];
  for (const line of lines) {
    const at = Math.floor(line.sequence / blockSize);
    const block = blocks.at(-1);
    if (block?.at === at) block.lines.push(line);
    else blocks.push({ at, lines: [line] });
  }
  return blocks;
}

/** A block only grows, so its count tells whether it has changed. */
const Block = memo(
  function Block({ lines }: { lines: LogLine[]; count: number }) {
    return (
      <div className="[contain-intrinsic-size:auto_220rem] [content-visibility:auto]">
        {lines.map(({ sequence, step, text, at }) => (
          <div key={sequence} data-line={sequence} className="flex gap-3 hover:bg-hover">
            <span className="shrink-0 text-faint">{formatClock(at)}</span>
            <span className="w-14 shrink-0 text-accent">{step ?? ""}</span>
            <span className={`whitespace-pre-wrap [overflow-wrap:anywhere] ${toneOf(text)}`}>{text}</span>
          </div>
        ))}
      </div>
    );
  },
  (before, after) => before.count === after.count,
);

function toneOf(text: string): string {
  if (text.startsWith("halt:") || text.includes("It will be tried again.")) return "text-bad";
  return text.startsWith("warn:") ? "text-warn" : "";
}
