import type { ComponentProps } from "react";

const looks = {
  primary: "bg-accent text-accent-ink hover:brightness-110 border-transparent",
  plain: "bg-surface text-ink border-line-strong hover:bg-hover",
  quiet: "border-transparent text-dim hover:bg-hover hover:text-ink",
} as const;

export function buttonClass(look: keyof typeof looks = "plain"): string {
  return `inline-flex min-h-8 items-center justify-center gap-1.5 rounded-md border px-3 py-1 text-[0.8125rem] font-medium leading-5 transition-[background-color,filter] motion-reduce:transition-none disabled:pointer-events-none disabled:opacity-50 ${looks[look]}`;
}

export function Button({
  look = "plain",
  className = "",
  ...rest
}: ComponentProps<"button"> & { look?: keyof typeof looks }) {
  return <button type="button" className={`${buttonClass(look)} ${className}`} {...rest} />;
}
