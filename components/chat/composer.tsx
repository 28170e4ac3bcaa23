"use client";

import { type KeyboardEvent, type Ref, useEffect, useImperativeHandle, useRef } from "react";
import { formatCount } from "@/components/format";
import { Icon } from "@/components/ui/icon";
import { Spinner } from "@/components/ui/spinner";

const LIMIT = 20_000;

interface ComposerProps {
  text: string;
  onChange(text: string): void;
  onSend(): void;
  placeholder: string;
  running?: boolean;
  stopping?: boolean;
  onStop?(): void;
  autoFocus?: boolean;
  ref?: Ref<{ focus(): void }>;
}

/** Where the person writes. Enter sends, Shift+Enter makes a line, Escape stops a run. */
export function Composer(props: ComposerProps) {
  const { text, onChange, onSend, running = false, stopping = false, onStop } = props;
  const area = useRef<HTMLTextAreaElement>(null);
  const tooLong = text.length > LIMIT;
  useImperativeHandle(props.ref, () => ({ focus: () => area.current?.focus() }));

  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text
  useEffect(() => {
    if (!area.current) return;
    area.current.style.height = "0";
    area.current.style.height = `${Math.min(area.current.scrollHeight, 240)}px`;
  }, [text]);

  function handleKey(event: KeyboardEvent) {
    if (event.key === "Escape" && running) onStop?.();
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    if (!running) onSend();
  }

  return (
    <div className="rounded-xl border border-line-strong bg-surface shadow-[0_1px_6px_rgb(0_0_0/0.05)] focus-within:border-accent">
      <textarea
        ref={area}
        value={text}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={handleKey}
        rows={1}
        // biome-ignore lint/a11y/noAutofocus: the page is for writing here
        autoFocus={props.autoFocus}
        aria-label="Message"
        aria-invalid={tooLong}
        placeholder={props.placeholder}
        className="scroll-slim block max-h-60 min-h-11 w-full resize-none bg-transparent px-4 pt-3 pb-1 text-[0.9375rem] leading-6 outline-none placeholder:text-faint placeholder-shown:overflow-hidden placeholder-shown:whitespace-nowrap"
      />
      <div className="flex items-center justify-between gap-3 py-1.5 pr-1.5 pl-4">
        <span className={`text-2xs ${tooLong ? "text-bad" : "text-faint"}`}>
          {text.length > LIMIT * 0.8 ? (
            `${formatCount(text.length)} of ${formatCount(LIMIT)} characters`
          ) : (
            <span className="hidden sm:inline">
              {running ? "Esc stops" : "Enter sends, Shift+Enter makes a new line"}
            </span>
          )}
        </span>
        {running ? (
          <button
            type="button"
            onClick={onStop}
            disabled={stopping}
            aria-label="Stop"
            className="flex h-8 items-center gap-1.5 rounded-lg border border-line-strong px-2.5 text-xs hover:bg-hover disabled:opacity-60"
          >
            {stopping ? <Spinner /> : <Icon name="stop" className="size-3.5" />}
            {stopping ? "Stopping" : "Stop"}
          </button>
        ) : (
          <button
            type="button"
            onClick={onSend}
            disabled={text.trim() === ""}
            aria-label="Send"
            className="flex size-8 items-center justify-center rounded-lg bg-accent text-accent-ink hover:brightness-110 disabled:bg-hover disabled:text-faint"
          >
            <Icon name="arrowUp" />
          </button>
        )}
      </div>
    </div>
  );
}
