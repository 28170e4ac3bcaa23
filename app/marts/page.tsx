import type { Metadata } from "next";
import Link from "next/link";
import { currentViewer } from "@/app/viewer";
import { plural } from "@/components/format";
import { MartTrouble } from "@/components/marts/mart-trouble";
import { buttonClass } from "@/components/ui/button";
import { Chip } from "@/components/ui/chip";
import { Icon } from "@/components/ui/icon";
import { answerOrTrouble } from "./answer-in-time";
import { listVisibleMarts } from "./read-marts";

export const metadata: Metadata = { title: "Marts" };

export default async function MartsPage() {
  const read = await answerOrTrouble(listVisibleMarts(await currentViewer()));
  if ("trouble" in read) return <MartTrouble sentence={read.trouble} />;
  const marts = read.answer;
  return (
    <main className="scroll-slim min-h-0 flex-1 overflow-y-auto">
      <div className="mx-auto max-w-[56rem] px-4 py-6 sm:px-6">
        <header className="mb-4 flex flex-wrap items-center justify-between gap-3">
          <h1 className="text-lg font-semibold tracking-tight">Marts</h1>
          <Link href="/marts/new" className={buttonClass("primary")}>
            <Icon name="upload" className="size-3.5" />
            Add your files
          </Link>
        </header>
        {marts.length === 0 && (
          <p className="text-dim">
            There is no mart yet. Add your files, or build the demo mart with{" "}
            <code>npm run pipeline -- run --stamp v2026.11</code>.
          </p>
        )}
        <ul className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-surface">
          {marts.map((mart) => (
            <li key={mart.name}>
              <Link
                href={`/marts/${mart.name}`}
                className="flex flex-wrap items-baseline justify-between gap-x-4 px-4 py-3 hover:bg-hover"
              >
                <span className="flex items-baseline gap-2">
                  <span className="font-medium">{mart.title}</span>
                  <span className="font-mono text-2xs text-faint">{mart.name}</span>
                  {mart.own && <Chip tone="accent">your files</Chip>}
                </span>
                <span className="text-xs tabular-nums text-dim">
                  {plural(mart.tables, "table")} · {plural(mart.features, "feature")} · {mart.stamp}
                </span>
              </Link>
            </li>
          ))}
        </ul>
      </div>
    </main>
  );
}
