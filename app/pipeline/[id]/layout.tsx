import type { Metadata } from "next";
import Link from "next/link";
import type { ReactNode } from "react";
import { currentViewer } from "@/app/viewer";
import { RunTabs } from "@/components/pipeline/run-tabs";
import { getPipelineRun } from "@/db/queries/pipeline";
import { orNotFound } from "../view-run";

interface Props {
  params: Promise<{ id: string }>;
  children: ReactNode;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const run = await orNotFound(getPipelineRun(await currentViewer(), (await params).id));
  return { title: `${run.stamp} · Pipeline` };
}

export default async function RunLayout({ params, children }: Props) {
  const { id } = await params;
  const run = await orNotFound(getPipelineRun(await currentViewer(), id));
  return (
    <main className="flex min-h-0 flex-1 flex-col">
      <header className="shrink-0 border-b border-line px-4 pt-2.5 sm:px-6">
        <div className="flex items-baseline justify-between gap-4">
          <h1 className="flex items-baseline gap-2 text-[0.9375rem] font-semibold">
            <Link href="/pipeline" className="font-normal text-dim hover:text-ink">
              Pipeline
            </Link>
            <span aria-hidden="true" className="text-faint">
              /
            </span>
            <span className="font-mono">{run.stamp}</span>
          </h1>
          <span className="truncate font-mono text-2xs text-faint">{run.mart}</span>
        </div>
        <RunTabs id={id} />
      </header>
      <div className="scroll-slim min-h-0 flex-1 overflow-y-auto">{children}</div>
    </main>
  );
}
