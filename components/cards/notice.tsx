import { Icon } from "@/components/ui/icon";
import type { CardProps } from "./types";

const looks = {
  info: { box: "border-line bg-surface", mark: "text-dim", icon: "info" },
  warning: { box: "border-transparent bg-warn-soft", mark: "text-warn", icon: "warning" },
  error: { box: "border-transparent bg-bad-soft", mark: "text-bad", icon: "warning" },
} as const;

/** A sentence the person must not miss: what could not be done, and what to do about it. */
export function Notice({ data }: Pick<CardProps<"notice">, "data">) {
  const look = looks[data.level];
  return (
    <div
      title={data.code}
      role={data.level === "error" ? "alert" : undefined}
      className={`flex gap-2 rounded-lg border px-3.5 py-2 text-[0.8125rem] ${look.box}`}
    >
      <Icon name={look.icon} className={`mt-[0.1875rem] size-3.5 ${look.mark}`} />
      <p className="min-w-0 flex-1 whitespace-pre-line [overflow-wrap:anywhere]">{data.text}</p>
    </div>
  );
}
